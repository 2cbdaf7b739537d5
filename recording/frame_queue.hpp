#pragma once
// Frames on their way from the encoders' threads to the record thread: bounded by bytes and by
// number, and it never blocks. Drop rule: a picture that does not fit takes all up to the next key
// frame with it; sound, the dearer, may use an eighth more than pictures may.

#include <atomic>

#include "base/bounded_queue.hpp"
#include "base/metrics.hpp"
#include "media/stream/encoded_frame.hpp"

namespace diemcau::recording {

class FrameQueue {
 public:
  static constexpr std::size_t kMaxFrames = 16'384;

  FrameQueue(std::size_t max_bytes, Counter& dropped)
      : max_bytes_(max_bytes), dropped_(dropped), queue_(kMaxFrames) {}

  /// One thread per codec at a time. False when it was left out.
  bool push(const media::EncodedFramePtr& frame) noexcept;
  /// The record thread only. Null when empty.
  media::EncodedFramePtr pop() noexcept;

  std::size_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }
  std::uint64_t dropped() const noexcept { return drops_.load(std::memory_order_relaxed); }
  /// True while pictures wait for a key frame after a drop.
  bool wants_key_frame() const noexcept { return skipping_.load(std::memory_order_relaxed); }

 private:
  bool leave_out() noexcept;

  const std::size_t max_bytes_;
  Counter& dropped_;
  BoundedQueue<media::EncodedFramePtr> queue_;
  std::atomic<std::size_t> bytes_{0};
  std::atomic<std::uint64_t> drops_{0};
  std::atomic<bool> skipping_{false};
};

}  // namespace diemcau::recording
