#pragma once
// How many of something in a time: so many at once, refilled evenly. Time is passed in.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>

#include "base/clock.hpp"

namespace diemcau::signaling {

class TokenBucket {
 public:
  TokenBucket(double capacity, double per_second)
      : capacity_(capacity), per_second_(per_second), level_(capacity) {}

  /// False when there is none left; nothing is taken then.
  bool take(TimePoint now) noexcept {
    refill(now);
    if (level_ < 1) return false;
    level_ -= 1;
    return true;
  }
  /// Until there is one to take; zero when there is one now.
  std::chrono::seconds wait(TimePoint now) noexcept {
    refill(now);
    if (level_ >= 1) return {};
    return std::chrono::seconds(static_cast<std::int64_t>(std::ceil((1 - level_) / per_second_)));
  }
  bool full(TimePoint now) noexcept {
    refill(now);
    return level_ >= capacity_;
  }

 private:
  void refill(TimePoint now) noexcept {
    if (last_ != TimePoint{} && now > last_) {
      const std::chrono::duration<double> passed = now - last_;
      level_ = std::min(capacity_, level_ + passed.count() * per_second_);
    }
    last_ = now;
  }

  double capacity_, per_second_, level_;
  TimePoint last_{};
};

}  // namespace diemcau::signaling
