#pragma once
// "More than N in a second", exactly: remembers when the last N came. Time is passed in.

#include <cstddef>
#include <vector>

#include "base/clock.hpp"

namespace diemcau::signaling {

class RateWindow {
 public:
  RateWindow(std::size_t limit, Duration window)
      : window_(window), times_(limit == 0 ? 1 : limit, TimePoint::min()) {}

  /// False when this one is more than `limit` within the window.
  bool take(TimePoint now) noexcept {
    TimePoint& oldest = times_[next_];
    const bool within = oldest == TimePoint::min() || now - oldest >= window_;
    oldest = now;
    next_ = (next_ + 1) % times_.size();
    return within;
  }

 private:
  Duration window_;
  std::vector<TimePoint> times_;
  std::size_t next_ = 0;
};

}  // namespace diemcau::signaling
