#include "mcu/meetings/next_meeting.hpp"

#include <algorithm>
#include <tuple>

namespace diemcau::mcu {
namespace {

using namespace std::chrono_literals;

constexpr auto kLate = 2h;
constexpr auto kNear = 1h;

int rank(MeetingState state) {
  switch (state) {
    case MeetingState::open:
      return 0;
    case MeetingState::adjourned:
      return 1;
    case MeetingState::lobby:
      return 2;
    case MeetingState::trial:
      return 3;
    default:
      return 4;
  }
}

}  // namespace

std::vector<Meeting> next_meetings(std::span<const Meeting> meetings, WallTime now) {
  std::vector<Meeting> out;
  std::ranges::copy_if(meetings, std::back_inserter(out), [now](const Meeting& meeting) {
    if (may_enter(meeting.state)) return true;
    return meeting.state == MeetingState::invited && meeting.starts_at &&
           now < *meeting.starts_at + kLate;
  });
  const auto key = [](const Meeting& meeting) {
    return std::tuple(rank(meeting.state), meeting.starts_at.value_or(meeting.created_at),
                      meeting.id.value);
  };
  std::ranges::sort(out, [&key](const Meeting& a, const Meeting& b) { return key(a) < key(b); });
  return out;
}

std::chrono::seconds ask_again_after(const Meeting* next, WallTime now) {
  const bool near = next != nullptr && next->starts_at && now > *next->starts_at - kNear;
  return near ? 5s : 15s;
}

}  // namespace diemcau::mcu
