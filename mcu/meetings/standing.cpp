#include "mcu/meetings/standing.hpp"

namespace diemcau::mcu {

using signaling::Role;

signaling::Identity in_meeting_of(const UnitTree& units, const UnitCode& chair,
                                  signaling::Identity who) {
  if (who.meeting || (who.role != Role::chair && who.role != Role::secretary)) return who;
  const Unit* unit = units.find(who.unit);
  const bool office =
      unit != nullptr && unit->level == UnitLevel::department && unit->parent == chair;
  // An account without a unit is the province's.
  if (!who.unit.empty() && !office && !units.is_within(chair, who.unit)) who.role = Role::site;
  return who;
}

}  // namespace diemcau::mcu
