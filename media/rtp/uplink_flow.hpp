#pragma once
// Is the site sending in this slot? A camera that is switched off sends nothing and says nothing.

#include <utility>

#include "base/clock.hpp"

namespace diemcau::media {

class UplinkFlow {
 public:
  static constexpr Duration kSilence = std::chrono::seconds(2);

  /// A packet with media in it; true when it is the first after silence.
  bool on_packet(TimePoint now) noexcept {
    last_ = now;
    return !std::exchange(flowing_, true);
  }
  /// True once when nothing came for kSilence.
  bool ended(TimePoint now) noexcept {
    return flowing_ && now - last_ >= kSilence && std::exchange(flowing_, false);
  }
  /// The site said goodbye; true when it had been flowing.
  bool stop() noexcept { return std::exchange(flowing_, false); }
  bool flowing() const noexcept { return flowing_; }

 private:
  bool flowing_ = false;
  TimePoint last_{};
};

}  // namespace diemcau::media
