#pragma once
// The life of a meeting: which state follows which, who may bring it about, and what of the plan
// may still change. Pure.

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "signaling/auth/identity.hpp"

namespace diemcau::mcu {

enum class MeetingState {
  draft,      // being planned; nobody may enter
  invited,    // giấy mời is out; nobody may enter yet
  trial,      // chạy thử: sites come in to try picture and sound
  lobby,      // phòng chờ: sites come in and wait
  open,       // in session
  adjourned,  // a pause: sites may stay and come back
  closed,     // over, or cancelled before it began (then it has no opened_at)
};
std::string_view name_of(MeetingState state);
std::optional<MeetingState> meeting_state_from(std::string_view name);

/// Whether sites may connect: trial, lobby, open, adjourned.
bool may_enter(MeetingState state);

/// A right over this very meeting: site and viewer have none. The chair alone, or an administrator
/// for it, postpones (invited → draft) and cancels (closed before it was open): QĐ 45/2018/QĐ-TTg,
/// Art. 14. All other steps are the secretary's too.
/// Errors: meeting.closed, meeting.bad_step (conflict); auth.forbidden. A step to the same state is
/// a bad step: two who press at once learn which of them it was.
Result<void> check_step(MeetingState from, MeetingState to, signaling::Role role);
/// What that role may turn the meeting into now, in the order of a meeting's life.
std::vector<MeetingState> steps_from(MeetingState from, signaling::Role role);

enum class PlanPart {
  frame,   // title, kind, beginning, chair, secretary, expected sites: what a running meeting is
           // made from, so only while nobody can be inside (draft, invited)
  course,  // agenda, place, end, speaking time: until it is over
};
/// Errors: meeting.closed, meeting.under_way (conflict).
Result<void> check_change(MeetingState state, PlanPart part);

}  // namespace diemcau::mcu
