#pragma once
// The plan of a meeting as clients write it: PUT, PATCH and POST bodies.

#include "base/result.hpp"
#include "mcu/api/json_body.hpp"
#include "mcu/meetings/meeting_store.hpp"

namespace diemcau::mcu {

/// Room for an agenda of 200 items with the longest titles, escaped.
inline constexpr std::size_t kPlanBodyLimit = 256 * 1024;

/// Fields that are absent are not changed; null clears. Texts are checked by the store.
/// Errors: request.bad_body, meeting.bad_start, meeting.bad_end, meeting.bad_agenda.
Result<MeetingChange> read_plan(const boost::json::object& body);
/// "items": [{"id", "title", "speaker", "minutes", "speaking_minutes"}]; nothing when the field is
/// absent. Errors: request.bad_body, meeting.bad_agenda.
Result<std::optional<std::vector<AgendaItem>>> read_agenda(const boost::json::object& body,
                                                           std::string_view field);
/// What POST makes of the same fields.
NewMeeting new_meeting(MeetingChange plan);

/// If-Match: a revision as ETag ("12"), "*" or absent. Errors: request.precondition.
Result<IfRevision> read_if_match(const signaling::HttpRequest& request);

}  // namespace diemcau::mcu
