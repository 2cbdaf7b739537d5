#pragma once
// When the stage is composed: at an exact rate, whose phase drifts so that the frames of the site
// that has the floor come just before a tick and wait as little as possible. Pure: time is passed
// in. Lives on the mixer's thread.
//
// Among the phases it could have, the clock looks for the one with the least mean square of the
// recent frames' waits, which leaves as much margin as their jitter deserves: a frame that just
// misses its tick waits a whole period. Where no phase is clearly better than the others (a camera
// of another rate, heavy jitter) it stays where it is.

#include <array>
#include <cstddef>
#include <optional>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace diemcau::media {

class ComposingClock {
 public:
  /// The most one period differs from another: nobody sees it, and half a period is made up for in
  /// 20 ticks. Two ticks are never closer than a period less this.
  static constexpr Duration kMostDrift = std::chrono::milliseconds(1);
  /// Frames looked at, and of how many at least before anything is done.
  static constexpr std::size_t kWindow = 64, kLeastFrames = 12;

  ComposingClock(TimePoint start, int frames_per_second);

  TimePoint next() const noexcept;
  struct Tick {
    TimePoint at;
    int skipped = 0;  // ticks before it left out because `now` was past them by a whole period
  };
  /// The newest tick due at `now`, which is not before next(). Later ones never catch up in a
  /// burst.
  Tick begin(TimePoint now);

  /// From the tick after next on.
  void set_rate(int frames_per_second);
  int frames_per_second() const noexcept { return frames_per_second_; }

  /// Whose frames count from now on; another site's begin anew.
  void follow(std::optional<SourceId> site);
  /// A frame of the followed site could be shown from `ready` on.
  void on_frame(TimePoint ready);

 private:
  TimePoint time_of(std::int64_t tick) const noexcept;
  /// Wait, until a tick of phase `at`, of a frame of phase `ready`; one just before the tick may
  /// miss it.
  std::int64_t wait(std::int64_t ready, std::int64_t at) const noexcept;
  double cost(std::int64_t at) const noexcept;
  void seek();
  Duration drift();

  int frames_per_second_;
  std::int64_t period_;  // ns
  TimePoint start_;
  std::int64_t tick_ = 0;
  Duration shift_{};  // since start_

  std::optional<SourceId> site_;
  std::array<std::int64_t, kWindow> phases_{};  // of the latest frames, in a ring
  std::size_t frames_ = 0;
  TimePoint last_frame_{};
  std::optional<std::int64_t> target_;  // phase wanted
};

}  // namespace diemcau::media
