#pragma once
// Fewer pictures a second than the composing clock ticks.

#include <optional>

#include "base/clock.hpp"

namespace diemcau::media {

class Pace {
 public:
  /// Ticks drift by less and never come twice within it.
  static constexpr Duration kSlack = std::chrono::milliseconds(8);

  explicit Pace(Duration period) : period_(period) {}

  /// Whether a picture is due at this tick, which counts as made.
  bool due(TimePoint now) noexcept {
    if (last_ && now - *last_ < period_ - kSlack) return false;
    last_ = now;
    return true;
  }

 private:
  Duration period_;
  std::optional<TimePoint> last_;
};

}  // namespace diemcau::media
