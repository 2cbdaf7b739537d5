#include "media/mix/audio_schedule.hpp"

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;
constexpr TimePoint kStart{std::chrono::hours(1)};

TEST(TickSchedule, is_due_when_its_time_has_come) {
  TickSchedule schedule(kStart, milliseconds(20), 3);
  EXPECT_EQ(schedule.take(kStart)->number, 0);
  EXPECT_FALSE(schedule.take(kStart + milliseconds(19)));
  const auto due = schedule.take(kStart + milliseconds(33));
  EXPECT_EQ(due->number, 1);
  EXPECT_EQ(due->at, kStart + milliseconds(20));
  EXPECT_EQ(schedule.next_at(), kStart + milliseconds(40));
}

TEST(TickSchedule, catches_up_a_few_ticks) {
  TickSchedule schedule(kStart, milliseconds(20), 3);
  int n = 0;
  while (const auto due = schedule.take(kStart + milliseconds(60))) {
    EXPECT_EQ(due->number, n++);
    EXPECT_EQ(due->skipped, 0);
  }
  EXPECT_EQ(n, 4);
}

TEST(TickSchedule, gives_up_what_is_too_late) {
  TickSchedule schedule(kStart, milliseconds(20), 3);
  const auto due = schedule.take(kStart + milliseconds(2'005));
  EXPECT_EQ(due->number, 100);
  EXPECT_EQ(due->skipped, 100);
  EXPECT_EQ(due->at, kStart + milliseconds(2'000));
  EXPECT_FALSE(schedule.take(kStart + milliseconds(2'005)));
}

TEST(TickSchedule, stands_beside_its_grid_and_knows_the_grid) {
  TickSchedule schedule(kStart, milliseconds(20), 3);
  schedule.take(kStart);
  schedule.shift(milliseconds(-5));
  EXPECT_FALSE(schedule.take(kStart + milliseconds(14)));
  const auto early = schedule.take(kStart + milliseconds(15));
  EXPECT_EQ(early->number, 1);
  EXPECT_EQ(early->at, kStart + milliseconds(15));
  EXPECT_EQ(early->grid, kStart + milliseconds(20));
  schedule.shift(milliseconds(5));
  EXPECT_FALSE(schedule.take(kStart + milliseconds(44)));
  EXPECT_EQ(schedule.take(kStart + milliseconds(45))->grid, kStart + milliseconds(40));
}

TEST(TickSchedule, does_not_drift_in_a_day) {
  TickSchedule schedule(kStart, milliseconds(20), 3);
  constexpr int kTicks = 24 * 3'600 * 50;
  for (int i = 0; i < kTicks; ++i) schedule.take(schedule.next_at());
  EXPECT_EQ(schedule.next_at(), kStart + std::chrono::hours(24));
}

}  // namespace
}  // namespace diemcau::media
