#include "media/transport/send_batch.hpp"

namespace diemcau::media {

SendBatch::SendBatch() : buffer_(std::make_unique<std::uint8_t[]>(kCapacity)) {}

std::span<std::uint8_t> SendBatch::reserve(RunSender& sender, std::size_t size) noexcept {
  if (size > kCapacity) return {};
  if ((owner_ != &sender && used_ > 0) || used_ + size > kCapacity || run_count_ == kMaxRuns)
    flush();
  owner_ = &sender;
  return {buffer_.get() + used_, size};
}

void SendBatch::append(std::size_t size) noexcept {
  if (size == 0) return;
  PacketRun* run = run_count_ == 0 ? nullptr : &runs_[run_count_ - 1];
  // A shorter packet closes its run: nothing may follow it in one UDP_SEGMENT send.
  const bool fits = run != nullptr && size <= run->segment &&
                    run->total == run->segment * run->count && run->count < kMaxSegments &&
                    run->total + size <= kMaxRunBytes;
  if (fits) {
    run->total += size;
    ++run->count;
  } else {
    runs_[run_count_++] = PacketRun{buffer_.get() + used_, size, size, 1};
  }
  used_ += size;
}

void SendBatch::flush() noexcept {
  for (std::size_t i = 0; i < run_count_; ++i) owner_->send_run(runs_[i]);
  used_ = 0;
  run_count_ = 0;
  owner_ = nullptr;
}

}  // namespace diemcau::media
