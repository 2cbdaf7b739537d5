#include "media/mix/composing_clock.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

using namespace std::chrono_literals;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr TimePoint kStart{1h};

struct Camera {
  Duration period, phase;
  double jitter_ms = 0;  // mean of an exponential delay
};

/// A clock that ticks beside a camera; what it did from `settled` on.
struct Run {
  std::vector<double> waits;  // ms, of every frame shown
  double wandered_ms = 0;     // sum of what periods differed
  Duration shortest = 1h, longest{};
  int ticks = 0;

  double rank(double share) {
    std::sort(waits.begin(), waits.end());
    return waits[static_cast<std::size_t>(share * static_cast<double>(waits.size() - 1))];
  }
};

Run run(ComposingClock& clock, const Camera& camera, Duration lasting, Duration settled) {
  std::mt19937 random(7);
  std::exponential_distribution<double> delay(camera.jitter_ms > 0 ? 1 / camera.jitter_ms : 1);
  Run result;
  const TimePoint begin = clock.next();
  TimePoint sent = begin + camera.phase;
  std::optional<TimePoint> last;
  std::vector<TimePoint> coming;
  while (clock.next() < begin + lasting) {
    const auto tick = clock.begin(clock.next());
    while (sent <= tick.at) {
      const double late = camera.jitter_ms > 0 ? delay(random) : 0;
      coming.push_back(sent + Duration(static_cast<std::int64_t>(late * 1e6)));
      sent += camera.period;
    }
    std::optional<TimePoint> newest;  // the newest decoded one is shown, the others are not
    std::erase_if(coming, [&](TimePoint ready) {
      if (ready > tick.at) return false;
      newest = std::max(newest.value_or(ready), ready);
      return true;
    });
    if (newest) clock.on_frame(*newest);
    if (tick.at - begin >= settled) {
      if (newest) result.waits.push_back(Milliseconds(tick.at - *newest).count());
      ++result.ticks;
    }
    if (last && tick.at - begin >= settled) {
      const Duration apart = tick.at - *last;
      result.wandered_ms += std::abs(Milliseconds(apart - 40ms).count());
      result.shortest = std::min(result.shortest, apart);
      result.longest = std::max(result.longest, apart);
    }
    last = tick.at;
  }
  return result;
}

TEST(ComposingClock, keeps_its_rate_exactly_when_nobody_has_the_floor) {
  ComposingClock clock(kStart, 30);
  for (int i = 0; i < 30 * 3600; ++i) clock.begin(clock.next());
  EXPECT_EQ(clock.next(), kStart + 1h);
}

TEST(ComposingClock, leaves_out_ticks_that_are_over_and_keeps_to_the_schedule) {
  ComposingClock clock(kStart, 25);
  EXPECT_EQ(clock.begin(kStart + 39ms).skipped, 0);
  const auto late = clock.begin(kStart + 165ms);
  EXPECT_EQ(late.skipped, 3);
  EXPECT_EQ(late.at, kStart + 160ms);
  EXPECT_EQ(clock.next(), kStart + 200ms);
}

TEST(ComposingClock, a_new_rate_counts_from_the_next_tick) {
  ComposingClock clock(kStart, 25);
  clock.begin(kStart);
  clock.set_rate(10);
  EXPECT_EQ(clock.next(), kStart + 40ms);
  clock.begin(kStart + 40ms);
  EXPECT_EQ(clock.next(), kStart + 140ms);
}

TEST(ComposingClock, comes_just_after_the_frames_of_the_floor_whatever_their_phase) {
  for (const Duration phase : {0ms, 3ms, 11ms, 20ms, 29ms, 39ms}) {
    ComposingClock clock(kStart, 25);
    clock.follow(SourceId{1});
    auto seen = run(clock, {40ms, phase}, 30s, 2s);
    EXPECT_LE(seen.rank(0.5), 2.5) << phase.count();
    EXPECT_LE(seen.rank(0.99), 2.5) << phase.count();
    EXPECT_EQ(seen.ticks, 28 * 25) << "the rate is kept";
  }
}

TEST(ComposingClock, no_period_differs_by_more_than_a_millisecond) {
  ComposingClock clock(kStart, 25);
  clock.follow(SourceId{1});
  const auto seen = run(clock, {40ms, 20ms, 2}, 30s, 0s);
  EXPECT_GE(seen.shortest, 39ms);
  EXPECT_LE(seen.longest, 41ms);
}

TEST(ComposingClock, leaves_the_margin_that_jitter_asks_for) {
  struct {
    double jitter_ms, median, tail;
  } const cases[] = {{1, 6, 42}, {3, 14, 42}};
  for (const auto& c : cases) {
    ComposingClock clock(kStart, 25);
    clock.follow(SourceId{1});
    auto seen = run(clock, {40ms, 25ms, c.jitter_ms}, 120s, 5s);
    EXPECT_LE(seen.rank(0.5), c.median) << c.jitter_ms;
    EXPECT_LE(seen.rank(0.99), c.tail) << c.jitter_ms;
  }
}

TEST(ComposingClock, follows_a_camera_whose_clock_is_off) {
  for (const auto off : {-8us, 8us}) {  // 200 ppm
    ComposingClock clock(kStart, 25);
    clock.follow(SourceId{1});
    auto seen = run(clock, {40ms + Duration(off), 20ms}, 120s, 5s);
    EXPECT_LE(seen.rank(0.99), 3.5);
  }
}

TEST(ComposingClock, does_not_hunt_after_cameras_of_another_rate) {
  const Camera cameras[] = {
      {33'333'333ns, 5ms}, {33'333'333ns, 5ms, 2}, {66'666'667ns, 5ms}, {66'666'667ns, 5ms, 2},
      {41ms, 5ms},         {41'666'667ns, 5ms, 1}, {16'666'667ns, 5ms}, {37ms, 5ms, 3}};
  for (const auto& camera : cameras) {
    ComposingClock clock(kStart, 25);
    clock.follow(SourceId{1});
    const auto seen = run(clock, camera, 60s, 2s);
    EXPECT_LE(seen.wandered_ms, 45) << camera.period.count() << ' ' << camera.jitter_ms;
    EXPECT_NEAR(seen.ticks, 58 * 25, 1) << camera.period.count();
  }
}

TEST(ComposingClock, does_not_hunt_under_heavy_jitter) {
  ComposingClock clock(kStart, 25);
  clock.follow(SourceId{1});
  const auto seen = run(clock, {40ms, 5ms, 25}, 60s, 2s);
  EXPECT_LE(seen.wandered_ms, 80);
  EXPECT_NEAR(seen.ticks, 58 * 25, 1);
}

TEST(ComposingClock, turns_to_the_next_speaker_within_two_seconds) {
  ComposingClock clock(kStart, 25);
  clock.follow(SourceId{1});
  run(clock, {40ms, 5ms}, 10s, 0s);
  clock.follow(SourceId{2});
  auto seen = run(clock, {40ms, 26ms}, 10s, 2s);
  EXPECT_LE(seen.rank(0.99), 2.5);
}

TEST(ComposingClock, holds_still_when_the_floors_camera_stops) {
  ComposingClock clock(kStart, 25);
  clock.follow(SourceId{1});
  run(clock, {40ms, 13ms}, 10s, 0s);
  const TimePoint before = clock.next();
  for (int i = 0; i < 250; ++i) clock.begin(clock.next());
  EXPECT_EQ(clock.next() - before, 10s);
}

}  // namespace
}  // namespace diemcau::media
