#pragma once
// Turns the wishes of many into few requests: merged, paced, repeated until a key frame arrives.

#include <algorithm>
#include <optional>

#include "base/clock.hpp"

namespace diemcau::media {

class KeyFrameRequester {
 public:
  static constexpr Duration kShortest = std::chrono::milliseconds(300);
  static constexpr Duration kLongest = std::chrono::seconds(2);

  void request() noexcept { wanted_ = true; }
  void on_key_frame() noexcept {
    wanted_ = false;
    asked_ = false;
    interval_ = kShortest;
  }
  bool wanted() const noexcept { return wanted_; }

  /// True when a request is to be sent now. A site that does not answer is asked ever more
  /// rarely; a slow line gets two round trips before the first repetition.
  bool due(TimePoint now, Duration round_trip) noexcept {
    if (!wanted_ || (last_ && now - *last_ < std::max(interval_, 2 * round_trip))) return false;
    if (asked_) interval_ = std::min(interval_ * 2, kLongest);
    asked_ = true;
    last_ = now;
    return true;
  }
  /// The source came back: ask at once and often again.
  void restart() noexcept {
    last_.reset();
    interval_ = kShortest;
    asked_ = false;
  }

 private:
  bool wanted_ = false;
  bool asked_ = false;
  Duration interval_ = kShortest;
  std::optional<TimePoint> last_;
};

}  // namespace diemcau::media
