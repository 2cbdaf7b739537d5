#pragma once
// What a plan may hold, whoever asks. Pure.

#include <string>
#include <vector>

#include "base/units/unit_tree.hpp"
#include "mcu/meetings/meeting.hpp"

namespace diemcau::mcu {

/// Errors: meeting.bad_title.
Result<void> check_title(const std::string& title);
/// The other texts and the times of a meeting. Errors: meeting.bad_kind, meeting.bad_place,
/// meeting.bad_end, meeting.bad_speaking_time, units.bad_selector.
Result<void> check_fields(const Meeting& meeting);
/// Chair and secretary are of this catalogue. Errors: units.unknown.
Result<void> check_people(const Meeting& meeting, const UnitTree& tree);
/// Errors: meeting.bad_agenda, units.unknown (the detail names the item).
Result<void> check_agenda(const std::vector<AgendaItem>& agenda, const UnitTree& tree);

/// Errors: meeting.no_start (conflict).
Result<void> check_ready_for(MeetingState state, const Meeting& meeting);

}  // namespace diemcau::mcu
