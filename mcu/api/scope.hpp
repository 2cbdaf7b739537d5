#pragma once
// A right is role × node of the unit tree: which meetings somebody's rights reach.

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

/// At the door of a running meeting: a token of another meeting and an account whose unit has no
/// part in it are told meeting.not_found, auth.other_meeting or auth.forbidden.
boost::asio::awaitable<Result<void>> check_door(const ApiDependencies& api,
                                                const signaling::Identity& who,
                                                const MeetingId& meeting);

}  // namespace diemcau::mcu
