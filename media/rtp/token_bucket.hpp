#pragma once
// Lets through what a rate allows, with a burst.

#include <algorithm>

#include "base/clock.hpp"

namespace diemcau::media {

class TokenBucket {
 public:
  /// rate in bytes per second, burst in bytes; full at first.
  TokenBucket(double rate, double burst) noexcept : rate_(rate), burst_(burst), tokens_(burst) {}

  void limit(double rate, double burst) noexcept {
    rate_ = rate;
    burst_ = burst;
    tokens_ = std::min(tokens_, burst);
  }

  bool take(double bytes, TimePoint now) noexcept {
    if (last_ != TimePoint{})
      tokens_ =
          std::min(burst_, tokens_ + rate_ * std::chrono::duration<double>(now - last_).count());
    last_ = now;
    if (tokens_ < bytes) return false;
    tokens_ -= bytes;
    return true;
  }

 private:
  double rate_, burst_, tokens_;
  TimePoint last_{};
};

}  // namespace diemcau::media
