#pragma once
// Which of the newest packets have been seen: tells duplicates and hopelessly late ones.

#include <bitset>
#include <cstdint>
#include <optional>

#include "base/prefetch.hpp"

namespace diemcau::media {

class ReceivedWindow {
 public:
  static constexpr std::int64_t kSize = 4096;

  /// True when `index` is new; false for a duplicate or one older than the window.
  bool admit(std::int64_t index) noexcept {
    if (!newest_ || index > *newest_ + kSize) {
      seen_.reset();
      newest_ = index;
    } else if (index <= *newest_ - kSize) {
      return false;
    }
    for (; *newest_ < index; ++*newest_) seen_.reset(at(*newest_ + 1));
    if (seen_.test(at(index))) return false;
    seen_.set(at(index));
    return true;
  }
  void restart() noexcept { newest_.reset(); }
  /// Asks the cache for what admit(index) will touch.
  void approach(std::int64_t index) const noexcept {
    prefetch(reinterpret_cast<const char*>(&seen_) + at(index) / 8);
  }

 private:
  static std::size_t at(std::int64_t index) noexcept {
    return static_cast<std::size_t>(index) & (kSize - 1);
  }
  std::optional<std::int64_t> newest_;
  std::bitset<kSize> seen_;
};

}  // namespace diemcau::media
