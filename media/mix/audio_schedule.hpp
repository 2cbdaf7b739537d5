#pragma once
// Ticks at start + n × period, for ever: nothing is added up, so nothing drifts.

#include <cstdint>
#include <optional>

#include "base/clock.hpp"

namespace diemcau::media {

class TickSchedule {
 public:
  struct Due {
    std::int64_t number = 0;
    TimePoint at{};
    std::int64_t skipped = 0;  // ticks given up just before this one
  };

  /// Up to `catch_up` late ticks are made good one after the other; beyond that they are skipped.
  TickSchedule(TimePoint start, Duration period, int catch_up)
      : start_(start), period_(period), catch_up_(catch_up) {}

  TimePoint next_at() const noexcept { return start_ + next_ * period_; }

  /// The next tick, if its time has come.
  std::optional<Due> take(TimePoint now) noexcept {
    if (now < next_at()) return std::nullopt;
    const std::int64_t behind = (now - next_at()) / period_;
    const std::int64_t skipped = behind > catch_up_ ? behind : 0;
    next_ += skipped;
    const Due due{next_, next_at(), skipped};
    ++next_;
    return due;
  }

 private:
  TimePoint start_;
  Duration period_;
  int catch_up_;
  std::int64_t next_ = 0;
};

}  // namespace diemcau::media
