#include "mcu/meetings/next_meeting.hpp"

#include <gtest/gtest.h>

namespace diemcau::mcu {
namespace {

using namespace std::chrono_literals;

const WallTime kNow{std::chrono::hours(1'000'000)};

Meeting meeting(const char* id, MeetingState state, std::optional<std::chrono::minutes> starts) {
  Meeting out;
  out.id = MeetingId(id);
  out.state = state;
  out.created_at = kNow - 24h;
  if (starts) out.starts_at = kNow + *starts;
  return out;
}

std::vector<std::string> order(std::vector<Meeting> meetings) {
  std::vector<std::string> out;
  for (const auto& one : next_meetings(meetings, kNow)) out.push_back(one.id.value);
  return out;
}

TEST(NextMeeting, is_one_in_session_before_one_that_only_begins) {
  EXPECT_EQ(order({meeting("trial", MeetingState::trial, -60min),
                   meeting("lobby", MeetingState::lobby, 5min),
                   meeting("break", MeetingState::adjourned, -120min),
                   meeting("open", MeetingState::open, -10min),
                   meeting("soon", MeetingState::invited, 1min)}),
            (std::vector<std::string>{"open", "break", "lobby", "trial", "soon"}));
}

TEST(NextMeeting, is_the_soonest_of_those_invited_to) {
  EXPECT_EQ(order({meeting("tomorrow", MeetingState::invited, 24h),
                   meeting("soon", MeetingState::invited, 30min),
                   meeting("late", MeetingState::invited, -119min)}),
            (std::vector<std::string>{"late", "soon", "tomorrow"}));
}

TEST(NextMeeting, is_never_a_draft_a_closed_one_or_an_invitation_long_past) {
  EXPECT_EQ(order({meeting("draft", MeetingState::draft, 30min),
                   meeting("closed", MeetingState::closed, -30min),
                   meeting("timeless", MeetingState::invited, std::nullopt),
                   meeting("past", MeetingState::invited, -120min)}),
            std::vector<std::string>());
}

TEST(NextMeeting, is_asked_for_often_only_around_its_beginning) {
  const auto soon = meeting("a", MeetingState::invited, 59min);
  const auto later = meeting("a", MeetingState::invited, 61min);
  EXPECT_EQ(ask_again_after(&soon, kNow), 5s);
  EXPECT_EQ(ask_again_after(&later, kNow), 15s);
  EXPECT_EQ(ask_again_after(nullptr, kNow), 15s);
}

}  // namespace
}  // namespace diemcau::mcu
