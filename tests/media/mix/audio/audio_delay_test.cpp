#include "media/mix/audio_delay.hpp"

#include <random>

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;

struct Line {
  AudioDelayEstimator estimator;
  TimePoint start{std::chrono::hours(1)};
  std::mt19937 random{3};
  std::int64_t n = 0;
  TimePoint now{start};
  void packets(int count, Duration jitter, Duration extra = {}, double ppm = 0) {
    for (int i = 0; i < count; ++i, ++n) {
      const Duration late(
          jitter.count() == 0
              ? 0
              : static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(jitter.count())));
      now = start + n * milliseconds(20) +
            Duration(static_cast<std::int64_t>(static_cast<double>(n) * 2e7 * ppm * 1e-6)) + late +
            extra;
      estimator.on_content(n * kTickSamples, now, kTickSamples);
    }
  }
};

constexpr auto kMargin = AudioDelayEstimator::kMargin;

TEST(AudioDelay, covers_fifteen_milliseconds_before_it_knows_the_line) {
  Line line;
  line.packets(3, {});
  EXPECT_EQ(line.estimator.cover(line.now), AudioDelayEstimator::kStart);
}

TEST(AudioDelay, quiet_line_is_given_almost_nothing) {
  Line line;
  line.packets(30, {});
  EXPECT_LE(line.estimator.cover(line.now), ms_samples(4));
}

TEST(AudioDelay, grows_with_jitter_at_once_and_comes_back) {
  Line line;
  line.packets(300, {});
  line.packets(10, milliseconds(100));
  EXPECT_GE(line.estimator.cover(line.now), ms_samples(50));
  line.packets(290, milliseconds(100));
  EXPECT_GE(line.estimator.cover(line.now), ms_samples(95));
  EXPECT_LE(line.estimator.cover(line.now), ms_samples(105));
  line.packets(1'500, {});
  EXPECT_LE(line.estimator.cover(line.now), ms_samples(4));
}

TEST(AudioDelay, never_exceeds_its_bound) {
  Line line;
  line.packets(500, milliseconds(900));
  EXPECT_EQ(line.estimator.cover(line.now), AudioDelayEstimator::kMost);
}

TEST(AudioDelay, base_follows_a_slow_clock) {
  Line line;
  line.packets(30'000, {}, {}, 200);  // ten minutes
  const std::int64_t transit = to_samples(line.now) - (line.n - 1) * kTickSamples;
  EXPECT_NEAR(static_cast<double>(line.estimator.base()), static_cast<double>(transit), 96);
  EXPECT_LE(line.estimator.cover(line.now), ms_samples(6));
}

TEST(AudioDelay, a_longer_route_is_no_jitter_once_the_shorter_one_is_forgotten) {
  Line line;
  line.packets(500, {});
  line.packets(300, {}, milliseconds(100));
  EXPECT_GE(line.estimator.cover(line.now), ms_samples(100));
  line.packets(110, {}, milliseconds(100));
  EXPECT_LE(line.estimator.cover(line.now), ms_samples(4));
}

TEST(AudioDelay, loss_buys_time_for_the_packet_behind) {
  Line line;
  line.packets(200, {});
  const auto before = line.estimator.cover(line.now);
  line.estimator.on_loss(line.now);
  EXPECT_EQ(line.estimator.cover(line.now), kTickSamples + kMargin);
  EXPECT_EQ(line.estimator.cover(line.now + std::chrono::seconds(11)), before);
}

TEST(AudioDelay, sound_that_needed_repair_counts_with_the_time_its_repair_took) {
  Line line;
  for (int i = 0; i < 60; ++i) {
    line.packets(19, {});
    // The twentieth is lost and comes again 130 ms after its time.
    const auto lost = line.n++;
    line.estimator.on_content(lost * kTickSamples,
                              line.start + lost * milliseconds(20) + milliseconds(130),
                              kTickSamples);
  }
  EXPECT_GE(line.estimator.cover(line.now), ms_samples(130));
  EXPECT_LE(line.estimator.cover(line.now), ms_samples(135));
}

TEST(AudioDelay, knows_nothing_after_a_long_silence) {
  Line line;
  EXPECT_TRUE(line.estimator.fresh(line.now));
  line.packets(10, {});
  EXPECT_FALSE(line.estimator.fresh(line.now));
  EXPECT_TRUE(line.estimator.fresh(line.now + std::chrono::seconds(9)));
}

/// A tick takes whole packets that are `cover` old and younger than one packet more.
TEST(AudioDelay, waits_for_no_more_than_the_tick_behind_an_on_time_packet) {
  struct Row {
    int packet_ms, age_ms, expected_ms;  // age of an on-time packet at the tick
  };
  constexpr Row kRows[] = {
      {20, 0, 20}, {20, 2, 22}, {20, 3, 3},   {20, 12, 12}, {20, 19, 19},  // cover is 3 ms
      {60, 2, 22}, {60, 3, 3},  {60, 19, 19}, {60, 23, 3},  {60, 55, 15}, {10, 2, 22},
      {10, 3, 13}, {10, 9, 19}, {10, 0, 20},  {5, 3, 18},   {40, 30, 10}};
  for (const Row& row : kRows) {
    AudioDelayEstimator estimator;
    const TimePoint start{std::chrono::hours(1)};
    const int samples = row.packet_ms * 48;
    for (int n = 0; n < 100; ++n)
      estimator.on_content(n * samples, start + n * milliseconds(row.packet_ms), samples);
    const TimePoint tick = start + 99 * milliseconds(row.packet_ms) + milliseconds(row.age_ms);
    ASSERT_EQ(estimator.cover(tick), ms_samples(3));
    EXPECT_EQ(estimator.target(tick), ms_samples(row.expected_ms))
        << row.packet_ms << " ms packets, " << row.age_ms << " ms old";
  }
}

TEST(AudioDelay, knows_how_much_earlier_a_tick_had_found_its_sound) {
  struct Row {
    int packet_ms, age_ms, spare_ms;
  };
  constexpr Row kRows[] = {{20, 3, 0},   {20, 7, 4}, {20, 2, 19}, {60, 3, 0},
                           {60, 33, 10}, {10, 3, 0}, {10, 1, 8},  {10, 9, 6}};  // cover is 3 ms
  for (const Row& row : kRows) {
    AudioDelayEstimator estimator;
    const TimePoint start{std::chrono::hours(1)};
    const int samples = row.packet_ms * 48;
    for (int n = 0; n < 100; ++n)
      estimator.on_content(n * samples, start + n * milliseconds(row.packet_ms), samples);
    const TimePoint tick = start + 99 * milliseconds(row.packet_ms) + milliseconds(row.age_ms);
    EXPECT_EQ(estimator.spare(tick, 0), ms_samples(row.spare_ms))
        << row.packet_ms << " ms packets, " << row.age_ms << " ms old";
  }
}

}  // namespace
}  // namespace diemcau::media
