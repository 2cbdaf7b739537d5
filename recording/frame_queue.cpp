#include "recording/frame_queue.hpp"

namespace diemcau::recording {

bool FrameQueue::leave_out() noexcept {
  drops_.fetch_add(1, std::memory_order_relaxed);
  dropped_.add();
  return false;
}

bool FrameQueue::push(const media::EncodedFramePtr& frame) noexcept {
  const bool picture = media::is_video(frame->codec);
  const std::size_t size = frame->data.size();
  const std::size_t limit = picture ? max_bytes_ - max_bytes_ / 8 : max_bytes_;
  if (picture && skipping_.load(std::memory_order_relaxed) && !frame->key) return leave_out();
  // Added before the push, so that the reader never takes away what is not counted yet.
  const std::size_t before = bytes_.fetch_add(size, std::memory_order_relaxed);
  media::EncodedFramePtr copy = frame;
  if (before + size > limit || !queue_.try_push(std::move(copy))) {
    bytes_.fetch_sub(size, std::memory_order_relaxed);
    if (picture) skipping_.store(true, std::memory_order_relaxed);
    return leave_out();
  }
  if (picture) skipping_.store(false, std::memory_order_relaxed);
  return true;
}

media::EncodedFramePtr FrameQueue::pop() noexcept {
  media::EncodedFramePtr frame;
  if (queue_.try_pop(frame)) bytes_.fetch_sub(frame->data.size(), std::memory_order_relaxed);
  return frame;
}

}  // namespace diemcau::recording
