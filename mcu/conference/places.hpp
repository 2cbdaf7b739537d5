#pragma once
// A limit that a crowd arriving at once cannot overrun: a place is taken before the first wait and
// given back when the last who holds it lets go. Any thread; outlives its places.

#include <atomic>
#include <cstddef>
#include <memory>

namespace diemcau::mcu {

class Places {
 public:
  using Place = std::shared_ptr<void>;

  explicit Places(std::size_t limit) : limit_(limit) {}
  Places(const Places&) = delete;
  Places& operator=(const Places&) = delete;

  /// Null when all are taken.
  Place take() {
    if (taken_.fetch_add(1) >= limit_) {
      taken_.fetch_sub(1);
      return nullptr;
    }
    return {this, [](Places* places) { places->taken_.fetch_sub(1); }};
  }
  std::size_t limit() const noexcept { return limit_; }
  std::size_t taken() const noexcept { return taken_; }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> taken_{0};
};

}  // namespace diemcau::mcu
