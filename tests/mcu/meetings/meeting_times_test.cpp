#include "mcu/meetings/meeting_times.hpp"

#include <gtest/gtest.h>

#include "mcu/meetings/meeting_kinds.hpp"

namespace diemcau::mcu {
namespace {

using namespace std::chrono;

TEST(WorkingDays, counts_from_the_letter_s_day_to_the_day_before_the_meeting) {
  const CivilDate monday = 2026y / November / 23;
  EXPECT_EQ(working_days(monday, monday, {}), 0);
  EXPECT_EQ(working_days(monday, 2026y / November / 26, {}), 3);
  EXPECT_EQ(working_days(2026y / November / 26, 2026y / November / 30, {}), 2) << "a weekend";
  EXPECT_EQ(working_days(2026y / November / 28, 2026y / November / 30, {}), 0) << "on Saturday";
  EXPECT_EQ(working_days(2026y / November / 30, monday, {}), 0);
}

TEST(WorkingDays, leaves_public_holidays_out) {
  EXPECT_EQ(working_days(2026y / April / 29, 2026y / May / 4, {}), 1);
  EXPECT_EQ(working_days(2026y / September / 1, 2026y / September / 4, {}), 2);
  EXPECT_EQ(working_days(2026y / December / 31, 2027y / January / 4, {}), 1);
  const std::array tet{2027y / February / 5, 2027y / February / 8};
  EXPECT_EQ(working_days(2027y / February / 4, 2027y / February / 10, tet), 2);
}

TEST(WorkingDays, does_not_count_for_ever) {
  EXPECT_LE(working_days(2026y / January / 1, 9999y / January / 1, {}), 366);
}

TEST(MeetingTime, is_the_plan_s_or_the_length_usual_for_its_kind) {
  Meeting meeting;
  EXPECT_FALSE(time_of(meeting));
  meeting.opened_at = WallTime(hours(100));
  EXPECT_EQ(time_of(meeting)->from, WallTime(hours(100)));
  meeting.starts_at = WallTime(hours(90));
  EXPECT_EQ(time_of(meeting)->to, WallTime(hours(92)));
  meeting.kind = "training";
  EXPECT_EQ(time_of(meeting)->to, WallTime(hours(98)));
  meeting.ends_at = WallTime(hours(91));
  EXPECT_EQ(time_of(meeting)->to, WallTime(hours(91)));
}

TEST(MeetingKinds, propose_no_more_than_the_rule_allows) {
  EXPECT_EQ(meeting_kinds().size(), 9u);
  for (const MeetingKind& kind : meeting_kinds()) {
    EXPECT_GT(kind.minutes, 0) << kind.code;
    EXPECT_LE(kind.minutes, kind.longest_minutes) << kind.code;
    EXPECT_GT(kind.discussion_minutes, 0) << kind.code;
    EXPECT_LE(kind.discussion_minutes, kind.speaking_minutes) << kind.code;
    EXPECT_EQ(find_meeting_kind(kind.code), &kind);
  }
  EXPECT_EQ(find_meeting_kind("giao ban"), nullptr);
}

}  // namespace
}  // namespace diemcau::mcu
