#pragma once
// Ticks at start + n × period, for ever: nothing is added up, so nothing drifts. They may stand a
// little beside that grid, all by the same.

#include <cstdint>
#include <optional>

#include "base/clock.hpp"

namespace diemcau::media {

class TickSchedule {
 public:
  struct Due {
    std::int64_t number = 0;
    TimePoint at{};
    TimePoint grid{};          // start + number × period
    std::int64_t skipped = 0;  // ticks given up just before this one
  };

  /// Up to `catch_up` late ticks are made good one after the other; beyond that they are skipped.
  TickSchedule(TimePoint start, Duration period, int catch_up)
      : start_(start), period_(period), catch_up_(catch_up) {}

  TimePoint next_at() const noexcept { return grid() + shift_; }

  /// From the next tick on, ticks stand this much behind the grid.
  void shift(Duration by) noexcept { shift_ = by; }

  /// The next tick, if its time has come.
  std::optional<Due> take(TimePoint now) noexcept {
    if (now < next_at()) return std::nullopt;
    const std::int64_t behind = (now - next_at()) / period_;
    const std::int64_t skipped = behind > catch_up_ ? behind : 0;
    next_ += skipped;
    const Due due{next_, next_at(), grid(), skipped};
    ++next_;
    return due;
  }

 private:
  TimePoint grid() const noexcept { return start_ + next_ * period_; }

  TimePoint start_;
  Duration period_;
  int catch_up_;
  std::int64_t next_ = 0;
  Duration shift_{};
};

}  // namespace diemcau::media
