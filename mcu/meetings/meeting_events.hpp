#pragma once
// Internal to mcu/meetings: what the meeting's log says about its plan. Pure.

#include <optional>
#include <string>
#include <vector>

#include "base/events/event_log.hpp"
#include "mcu/meetings/meeting.hpp"

namespace diemcau::mcu {

/// meeting.created {"title":…, …}: every field of the plan.
NewEvent created_event(const Meeting& meeting, std::string actor);
/// meeting.changed {"place":…}: the fields that became another. Nothing when none did.
std::optional<NewEvent> changed_event(const Meeting& before, const Meeting& after,
                                      std::string actor);
/// meeting.agenda {"items":[{"id":1,"title":…,"speaker":…,"minutes":…,"speaking_minutes":…}]}
NewEvent agenda_event(const std::vector<AgendaItem>& agenda, std::string actor);
/// meeting.state {"from":"lobby","to":"open"}
NewEvent state_event(MeetingState from, MeetingState to, std::string actor);

}  // namespace diemcau::mcu
