#pragma once
// Packets on their way out, side by side in one buffer, so that a frame's worth of them leaves
// with one system call (UDP_SEGMENT) instead of one each. One batch per transport loop, whoever
// sends: it stays in the cache, and 300 sites do not need 300 buffers.
// Thread: the loop's.

#include <array>
#include <cstdint>
#include <memory>
#include <span>

namespace diemcau::media {

/// Packets of equal size behind each other, the last possibly shorter: what UDP_SEGMENT takes.
struct PacketRun {
  std::uint8_t* data = nullptr;
  std::size_t segment = 0;  // size of all but the last
  std::size_t total = 0;
  std::size_t count = 0;
};

/// Who gets the runs when the batch is flushed.
class RunSender {
 public:
  virtual void send_run(const PacketRun& run) noexcept = 0;

 protected:
  ~RunSender() = default;
};

class SendBatch {
 public:
  static constexpr std::size_t kCapacity = 128 * 1024;
  /// UDP_MAX_SEGMENTS of Linux before 6.9, and a datagram of at most 65 507 bytes in all.
  static constexpr std::size_t kMaxSegments = 64;
  static constexpr std::size_t kMaxRunBytes = 65'000;

  SendBatch();

  /// Room for a packet of up to `size` bytes of `sender`'s. What another one had queued, or what
  /// leaves too little room, is sent first. Valid until append() or the next reserve().
  std::span<std::uint8_t> reserve(RunSender& sender, std::size_t size) noexcept;
  /// The first `size` bytes of the reserved room are a packet.
  void append(std::size_t size) noexcept;
  bool empty() const noexcept { return used_ == 0; }
  void flush() noexcept;
  /// Sends what is `sender`'s: before its socket or keys go.
  void flush(const RunSender& sender) noexcept {
    if (owner_ == &sender) flush();
  }

 private:
  static constexpr std::size_t kMaxRuns = 128;
  std::unique_ptr<std::uint8_t[]> buffer_;
  std::size_t used_ = 0;
  RunSender* owner_ = nullptr;
  std::array<PacketRun, kMaxRuns> runs_{};
  std::size_t run_count_ = 0;
};

}  // namespace diemcau::media
