#pragma once
// Puts video packets in order. What is in order passes through without a copy or a wait; behind a
// gap packets are kept until it is mended or its time is over.

#include <cstdint>
#include <optional>
#include <vector>

#include "media/rtp/uplink.hpp"

namespace diemcau::media {

class ReorderBuffer {
 public:
  /// `most` packets wait behind a gap (rounded up to a power of two); memory is taken on need.
  explicit ReorderBuffer(std::size_t most = 512);

  /// `packet` is new (no duplicate). False when it came after its gap was given up.
  bool insert(const UplinkPacket& packet, OrderedPacketSink& sink);
  /// Gives up gaps that have been waited for longer than `patience`.
  void poll(TimePoint now, Duration patience, OrderedPacketSink& sink);
  /// The sender began anew: what waits is dropped, the next packet is delivered as behind a gap.
  void restart() noexcept;

  std::size_t waiting() const noexcept { return waiting_; }
  std::uint64_t gaps() const noexcept { return gaps_; }

 private:
  struct Slot {
    bool used = false;
    UplinkPacket packet;  // its payload points into bytes
    std::vector<std::uint8_t> bytes;
  };
  Slot& slot(std::int64_t index) noexcept {
    return slots_[static_cast<std::size_t>(index) & (slots_.size() - 1)];
  }
  void deliver(const UplinkPacket& packet, OrderedPacketSink& sink);
  void drain(OrderedPacketSink& sink);
  void keep(const UplinkPacket& packet);
  void skip_gap(OrderedPacketSink& sink);

  std::size_t most_;
  std::vector<Slot> slots_;
  std::vector<std::vector<std::uint8_t>> spare_;  // buffers to use again
  std::optional<std::int64_t> next_;
  std::size_t waiting_ = 0;
  TimePoint waiting_since_{};  // valid while waiting_ > 0
  bool behind_gap_ = false;
  std::uint64_t gaps_ = 0;
};

}  // namespace diemcau::media
