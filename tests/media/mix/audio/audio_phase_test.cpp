#include "media/mix/audio_phase.hpp"

#include <array>

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
constexpr TimePoint kStart{std::chrono::hours(1)};
constexpr SourceId kChair{1}, kHall{2};

/// A speaker whose packets come at one phase of the grid for ever.
struct Speaker {
  Duration phase;  // of the earliest tick that finds its sound
  Duration spare(Duration shift) const {
    const Duration rest = (shift - phase) % TickPhase::kPeriod;
    return rest < Duration{} ? rest + TickPhase::kPeriod : rest;
  }
};

Duration settle(TickPhase& phase, const Speaker& speaker, int ticks = 300) {
  Duration shift = phase.next(std::nullopt);
  for (int i = 0; i < ticks; ++i) shift = phase.next(speaker.spare(shift));
  return shift;
}

TEST(TickPhase, finds_the_phase_of_every_speaker_within_six_seconds) {
  for (int ms = 0; ms < 20; ++ms) {
    TickPhase phase;
    const Speaker speaker{milliseconds(ms)};
    const Duration shift = settle(phase, speaker);
    EXPECT_GE(speaker.spare(shift), TickPhase::kLeast) << ms;
    EXPECT_LE(speaker.spare(shift), TickPhase::kMost) << ms;
    EXPECT_LE(std::chrono::abs(shift), TickPhase::kMostShift) << ms;
  }
}

TEST(TickPhase, moves_so_slowly_that_no_receiver_minds) {
  TickPhase phase;
  const Speaker speaker{milliseconds(9)};
  Duration before{};
  for (int i = 0; i < 200; ++i) {
    const Duration shift = phase.next(speaker.spare(before));
    EXPECT_LE(std::chrono::abs(shift - before), TickPhase::kMostDrift);
    before = shift;
  }
}

TEST(TickPhase, stays_where_it_is_good_enough) {
  TickPhase phase;
  const Duration shift = settle(phase, {milliseconds(12)});
  for (const Duration spare : {milliseconds(4), milliseconds(8), milliseconds(3)})
    EXPECT_EQ(phase.next(spare), shift);
  EXPECT_EQ(phase.next(std::nullopt), shift) << "nobody speaks";
  EXPECT_NE(phase.next(milliseconds(1)), shift);
}

TEST(TickPhase, never_leaves_its_grid_though_the_speakers_clock_runs_away) {
  TickPhase phase;
  Duration shift{};
  int bad = 0;
  constexpr int kTicks = 3'600 * 50;
  for (int i = 0; i < kTicks; ++i) {  // an hour, a clock 200 ppm slow
    const Speaker speaker{i * microseconds(4)};
    const Duration spare = speaker.spare(shift);
    bad += spare < milliseconds(2) || spare > milliseconds(10);
    shift = phase.next(spare);
    ASSERT_LE(std::chrono::abs(shift), TickPhase::kMostShift);
  }
  EXPECT_LT(bad, kTicks / 20) << "on its way from one edge to the other";
}

TEST(TickPhase, follows_the_loudest_once_it_had_its_turn) {
  TickPhase phase;
  const RankedSource chair{kChair, -20, true}, hall{kHall, -25, true};
  const std::array both{chair, hall}, other{hall, chair};
  const std::array alone{hall};
  EXPECT_EQ(phase.follow(both, kStart), kChair) << "whoever speaks first";
  EXPECT_EQ(phase.follow(other, kStart + milliseconds(100)), kChair) << "a cough";
  EXPECT_EQ(phase.follow(both, kStart + milliseconds(900)), kChair);
  EXPECT_EQ(phase.follow(other, kStart + seconds(2)), kChair);
  EXPECT_EQ(phase.follow(other, kStart + milliseconds(2'980)), kChair);
  EXPECT_EQ(phase.follow(other, kStart + seconds(3)), kHall);
  EXPECT_EQ(phase.follow(both, kStart + milliseconds(3'100)), kHall);
  EXPECT_EQ(phase.follow({}, kStart + seconds(4)), std::nullopt);
  EXPECT_EQ(phase.follow(both, kStart + seconds(5)), kChair);
  EXPECT_EQ(phase.follow(alone, kStart + milliseconds(5'020)), kHall) << "the other is silent";
}

}  // namespace
}  // namespace diemcau::media
