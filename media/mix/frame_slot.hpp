#pragma once
// The newest of what one thread makes, for one other thread: latest wins, nobody waits. Three
// places and one atomic index (triple buffering): the writer owns one, the reader owns one, the
// third changes hands.

#include <array>
#include <atomic>
#include <cstdint>
#include <utility>

namespace diemcau::media {

template <class T>
class FrameSlot {
 public:
  /// The writer's thread.
  void put(T value) {
    places_[writer_] = std::move(value);
    const std::uint8_t was = shared_.exchange(writer_ | kFresh, std::memory_order_acq_rel);
    writer_ = was & kIndex;
    places_[writer_] = T{};  // an overtaken or read value is released here, not one round later
  }

  /// The reader's thread. False when nothing came since the last take; `out` is then untouched.
  bool take(T& out) {
    if ((shared_.load(std::memory_order_relaxed) & kFresh) == 0) return false;
    const std::uint8_t was = shared_.exchange(reader_, std::memory_order_acq_rel);
    reader_ = was & kIndex;
    out = std::move(places_[reader_]);
    places_[reader_] = T{};
    return true;
  }

 private:
  static constexpr std::uint8_t kIndex = 3, kFresh = 4;
  std::array<T, 3> places_{};
  std::uint8_t writer_ = 0;
  std::atomic<std::uint8_t> shared_{1};
  std::uint8_t reader_ = 2;
};

}  // namespace diemcau::media
