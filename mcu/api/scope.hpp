#pragma once
// A right is role × node of the unit tree: which meetings somebody's rights reach.

#include <string>
#include <vector>

#include "mcu/api/dependencies.hpp"
#include "signaling/auth/identity.hpp"

namespace diemcau::mcu {

/// The units under somebody's node in today's catalogue; empty means all of them (an administrator,
/// or an account of the whole province). The node of an office's chair or secretary is the body
/// whose office it is: Sở Nội vụ acts for the province. Blocking.
Result<std::vector<UnitCode>> units_in_reach(const ApiDependencies& api,
                                             const signaling::Identity& who);

/// A token sees its own meeting; an account those its node chairs or is expected at. Errors:
/// auth.forbidden, auth.other_meeting. Blocking.
Result<void> check_may_see(const ApiDependencies& api, const signaling::Identity& who,
                           const Meeting& meeting);

/// The meeting, when it is there and may be seen. Errors: meeting.not_found first. Blocking.
Result<Meeting> find_in_reach(const ApiDependencies& api, const signaling::Identity& who,
                              const MeetingId& id);

/// Somebody with the units in his reach, worked out once for many meetings.
struct Reach {
  signaling::Identity who;
  std::vector<UnitCode> units;  // empty: all of them
};
/// Blocking.
Result<Reach> reach_of(const ApiDependencies& api, const signaling::Identity& who);
/// What somebody is in the planning of that meeting: an account keeps its role where its reach
/// holds the chair, is secretary where it holds the secretary, else looks on as a viewer. A token
/// keeps its role in its own meeting.
signaling::Role role_in(const Reach& who, const Meeting& meeting);

/// A manager calls meetings for his own node only: gives the chair where none is named.
/// Errors: auth.forbidden.
Result<void> claim_chair(const Reach& who, UnitCode& chair);

/// A meeting somebody may plan, and as what.
struct Planner {
  Reach reach;
  Meeting meeting;
  signaling::Role role = signaling::Role::viewer;
};
/// Errors: meeting.not_found, auth.forbidden, auth.other_meeting. Blocking.
Result<Planner> planner(const ApiDependencies& api, const signaling::Identity& who,
                        const MeetingId& id);

/// How the event log names him: "account:…", or a token's seat ("HD-10507/site").
std::string actor_of(const signaling::Identity& who);

/// At the door of a running meeting: a token of another meeting and an account whose unit has no
/// part in it are told meeting.not_found, auth.other_meeting or auth.forbidden.
boost::asio::awaitable<Result<void>> check_door(const ApiDependencies& api,
                                                const signaling::Identity& who,
                                                const MeetingId& meeting);

}  // namespace diemcau::mcu
