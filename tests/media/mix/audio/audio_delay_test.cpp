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
      estimator.on_packet(n * kTickSamples, now, kTickSamples);
    }
  }
};

TEST(AudioDelay, starts_at_forty_milliseconds) {
  Line line;
  line.packets(3, {});
  EXPECT_EQ(line.estimator.target(line.now), ms_samples(40));
}

TEST(AudioDelay, quiet_line_needs_little_more_than_a_tick) {
  Line line;
  line.packets(200, {});
  EXPECT_LE(line.estimator.target(line.now), ms_samples(25));
}

TEST(AudioDelay, grows_with_jitter_and_comes_back) {
  Line line;
  line.packets(300, milliseconds(100));
  EXPECT_GE(line.estimator.target(line.now), ms_samples(115));
  EXPECT_LE(line.estimator.target(line.now), ms_samples(140));
  line.packets(1'500, {});
  EXPECT_LE(line.estimator.target(line.now), ms_samples(25));
}

TEST(AudioDelay, never_exceeds_two_hundred_milliseconds) {
  Line line;
  line.packets(500, milliseconds(900));
  EXPECT_EQ(line.estimator.target(line.now), ms_samples(200));
}

TEST(AudioDelay, base_follows_a_slow_clock) {
  Line line;
  line.packets(30'000, {}, {}, 200);  // ten minutes
  const std::int64_t transit = to_samples(line.now) - (line.n - 1) * kTickSamples;
  EXPECT_NEAR(static_cast<double>(line.estimator.base()), static_cast<double>(transit), 96);
  EXPECT_LE(line.estimator.target(line.now), ms_samples(25));
}

TEST(AudioDelay, loss_buys_time_for_the_packet_behind) {
  Line line;
  line.packets(200, {});
  const auto before = line.estimator.target(line.now);
  line.estimator.on_loss(line.now);
  EXPECT_EQ(line.estimator.target(line.now), before + kTickSamples);
  EXPECT_EQ(line.estimator.target(line.now + std::chrono::seconds(11)), before);
}

TEST(AudioDelay, knows_nothing_after_a_long_silence) {
  Line line;
  EXPECT_TRUE(line.estimator.fresh(line.now));
  line.packets(10, {});
  EXPECT_FALSE(line.estimator.fresh(line.now));
  EXPECT_TRUE(line.estimator.fresh(line.now + std::chrono::seconds(9)));
}

}  // namespace
}  // namespace diemcau::media
