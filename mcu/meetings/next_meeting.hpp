#pragma once
// Which of a hall's meetings its device turns to. Pure.

#include <span>
#include <vector>

#include "mcu/meetings/meeting.hpp"

namespace diemcau::mcu {

/// The best first: those that may be entered (in session before adjourned before lobby before trial
/// run), the earliest first; then those invited to that are not two hours past their beginning, the
/// soonest first. Drafts, closed ones and invitations without a time are left out.
std::vector<Meeting> next_meetings(std::span<const Meeting> meetings, WallTime now);

/// How soon a device asks again: often around the beginning, seldom before. So many halls ask.
std::chrono::seconds ask_again_after(const Meeting* next, WallTime now);

}  // namespace diemcau::mcu
