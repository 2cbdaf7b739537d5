#include "mcu/api/scope.hpp"

#include <algorithm>

#include "signaling/async.hpp"

namespace diemcau::mcu {

using signaling::Identity;
using signaling::Role;

Result<std::vector<UnitCode>> units_in_reach(const ApiDependencies& api, const Identity& who) {
  std::vector<UnitCode> units;
  // What stands in a hall is that hall's, not those below it.
  if (!who.device.empty()) return std::vector<UnitCode>{who.unit};
  if (who.role == Role::admin || who.unit.empty()) return units;
  auto tree = api.units->today(*api.clock);
  if (!tree) return tree.error();
  UnitCode node = who.unit;
  const Unit* unit = (*tree)->find(node);
  if (unit != nullptr && unit->level == UnitLevel::department && who.may_manage_meeting() &&
      !unit->parent.empty())
    node = unit->parent;
  if (node == (*tree)->root().code) return units;
  units.push_back(node);
  for (const Unit* below : (*tree)->descendants(node)) units.push_back(below->code);
  return units;
}

Result<void> check_may_see(const ApiDependencies& api, const Identity& who,
                           const Meeting& meeting) {
  if (who.meeting) {
    if (*who.meeting == meeting.id) return {};
    return make_error(Errc::forbidden, "auth.other_meeting", "this token is for another meeting");
  }
  auto reach = units_in_reach(api, who);
  if (!reach) return reach.error();
  if (reach->empty()) return {};
  const auto reaches = [&reach](const UnitCode& unit) {
    return std::find(reach->begin(), reach->end(), unit) != reach->end();
  };
  if (reaches(meeting.chair)) return {};
  if (!meeting.secretary.empty() && reaches(meeting.secretary)) return {};
  auto expected = api.meetings->expected(meeting.id);
  if (!expected) return expected.error();
  if (std::any_of(expected->begin(), expected->end(), reaches)) return {};
  return make_error(Errc::forbidden, "auth.forbidden",
                    "this account's unit has no part in this meeting");
}

Result<Meeting> find_in_reach(const ApiDependencies& api, const Identity& who,
                              const MeetingId& id) {
  auto meeting = api.meetings->find(id);
  if (!meeting) return meeting.error();
  if (auto may = check_may_see(api, who, *meeting); !may) return may.error();
  return meeting;
}

Result<Reach> reach_of(const ApiDependencies& api, const Identity& who) {
  Reach out{who, {}};
  if (who.meeting) return out;
  auto reach = units_in_reach(api, who);
  if (!reach) return reach.error();
  out.units = std::move(*reach);
  return out;
}

Role role_in(const Reach& reach, const Meeting& meeting) {
  const Identity& who = reach.who;
  if (who.meeting) return *who.meeting == meeting.id ? who.role : Role::viewer;
  if (!who.may_manage_meeting()) return Role::viewer;
  const auto reaches = [&](const UnitCode& unit) {
    return reach.units.empty() ||
           std::find(reach.units.begin(), reach.units.end(), unit) != reach.units.end();
  };
  if (reaches(meeting.chair)) return who.role;
  return !meeting.secretary.empty() && reaches(meeting.secretary) ? Role::secretary : Role::viewer;
}

Result<void> claim_chair(const Reach& who, UnitCode& chair) {
  if (who.units.empty()) return {};
  if (chair.empty()) chair = who.units.front();
  if (std::find(who.units.begin(), who.units.end(), chair) != who.units.end()) return {};
  return make_error(Errc::forbidden, "auth.forbidden",
                    "meetings may be called for one's own unit and those below it");
}

Result<Planner> planner(const ApiDependencies& api, const Identity& who, const MeetingId& id) {
  auto meeting = find_in_reach(api, who, id);
  if (!meeting) return meeting.error();
  auto reach = reach_of(api, who);
  if (!reach) return reach.error();
  const Role role = role_in(*reach, *meeting);
  if (role == Role::site || role == Role::viewer)
    return make_error(Errc::forbidden, "auth.forbidden",
                      "this meeting is planned by its chair's and its secretary's units");
  return Planner{std::move(*reach), std::move(*meeting), role};
}

std::string actor_of(const Identity& who) {
  if (!who.account.empty()) return "account:" + who.account.str();
  if (!who.device.empty()) return "device:" + who.device;
  return who.unit.str() + "/" + std::string(signaling::name_of(who.role));
}

boost::asio::awaitable<Result<void>> check_door(const ApiDependencies& api, const Identity& who,
                                                const MeetingId& meeting) {
  if (who.meeting && *who.meeting == meeting) co_return Result<void>();
  auto look = [&api, &who, &meeting] { return find_in_reach(api, who, meeting); };
  Result<Meeting> found = co_await signaling::on_pool(*api.blocking, std::move(look));
  if (!found) co_return found.error();
  co_return Result<void>();
}

}  // namespace diemcau::mcu
