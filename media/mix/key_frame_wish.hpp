#pragma once
// When to ask a source for a key frame: at once when a decoder is first left without, then again
// while it still is, never more often than every 200 ms. Any thread.

#include <atomic>
#include <cstdint>

#include "base/clock.hpp"

namespace diemcau::media {

class KeyFrameWish {
 public:
  static constexpr Duration kLeast = std::chrono::milliseconds(200);
  /// A request or the frame itself may be lost: repeated, but only after a slow line had time to
  /// bring a key frame.
  static constexpr Duration kAgain = std::chrono::milliseconds(500);

  void want() noexcept {
    if (!wanted_.exchange(true, std::memory_order_acq_rel)) {
      fresh_.store(true, std::memory_order_release);
    }
  }
  void fulfilled() noexcept { wanted_.store(false, std::memory_order_release); }
  bool wanted() const noexcept { return wanted_.load(std::memory_order_acquire); }

  /// True when the source is to be asked now; that counts as asked.
  bool due(TimePoint now) noexcept {
    if (!wanted()) return false;
    const std::int64_t at = now.time_since_epoch().count();
    std::int64_t last = last_ask_.load(std::memory_order_relaxed);
    if (last != kNever) {
      const Duration since(at - last);
      if (since < (fresh_.load(std::memory_order_acquire) ? kLeast : kAgain)) return false;
    }
    if (!last_ask_.compare_exchange_strong(last, at, std::memory_order_relaxed)) return false;
    fresh_.store(false, std::memory_order_release);
    return true;
  }

 private:
  static constexpr std::int64_t kNever = INT64_MIN;
  std::atomic<bool> wanted_{false};
  std::atomic<bool> fresh_{false};  // wanted since the last request
  std::atomic<std::int64_t> last_ask_{kNever};
};

}  // namespace diemcau::media
