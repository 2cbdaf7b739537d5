#include "mcu/api/device_rights.hpp"

#include <algorithm>

namespace diemcau::mcu {

using signaling::Identity;
using signaling::Role;

Result<void> check_may_enrol_any(const Identity& who) {
  if (!who.account.empty() && !who.meeting && who.role != Role::viewer) return {};
  return make_error(Errc::forbidden, "auth.forbidden",
                    "devices are enrolled by the accounts of their unit");
}

Result<void> check_may_enrol(const Reach& reach, const UnitCode& unit) {
  if (auto any = check_may_enrol_any(reach.who); !any) return any.error();
  const bool own = reach.who.unit == unit;
  const bool below =
      reach.who.may_manage_meeting() &&
      (reach.units.empty() || std::ranges::find(reach.units, unit) != reach.units.end());
  if (own || below) return {};
  return make_error(Errc::forbidden, "auth.forbidden",
                    "devices are enrolled for one's own unit and those below it");
}

}  // namespace diemcau::mcu
