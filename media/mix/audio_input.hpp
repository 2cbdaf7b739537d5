#pragma once
// One microphone as the transport loop sees it: gates, then a bounded queue to the mix thread.

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/bounded_queue.hpp"
#include "base/ids.hpp"
#include "media/mix/audio_counters.hpp"
#include "media/mix/audio_gate.hpp"
#include "media/mix/audio_packet.hpp"
#include "media/rtp/uplink.hpp"

namespace diemcau::media {

/// on_uplink_packet: the site's transport loop. set_gate: any thread. try_pop: the mix thread.
/// Outlives the mixer when the endpoint still holds it; it is then closed and drops everything.
class AudioInput final : public UplinkSink {
 public:
  /// A burst of 32 packets is 640 ms of usual sound: more than playout would keep.
  static constexpr std::size_t kQueuePackets = 32;
  /// Of the inaudible packets one in so many crosses, without its payload: who begins to speak is
  /// then played with the delay its line needs from the first word on.
  static constexpr unsigned kTimingEvery = 5;

  AudioInput(SourceId source, std::shared_ptr<AudioCounters> counters);

  SourceId source() const noexcept { return source_; }
  void on_uplink_packet(const UplinkPacket& packet) noexcept override;

  void set_gate(bool open) noexcept { gate_open_.store(open, std::memory_order_relaxed); }
  bool gate_open() const noexcept { return gate_open_.load(std::memory_order_relaxed); }
  /// The loudest level (RFC 6464) since the last call; nothing when no packet came. The mix thread.
  std::optional<std::uint8_t> take_loudest() noexcept {
    const std::uint8_t level = loudest_.exchange(kNothing, std::memory_order_relaxed);
    return level == kNothing ? std::nullopt : std::optional(level);
  }
  bool try_pop(AudioPacket& out) noexcept { return queue_.try_pop(out); }

 private:
  const SourceId source_;
  const std::shared_ptr<AudioCounters> counters_;
  std::atomic<bool> gate_open_{true};
  static constexpr std::uint8_t kNothing = 255;
  SilenceGate silence_;
  std::atomic<std::uint8_t> loudest_{kNothing};  // relaxed: as the gate's state
  std::atomic<unsigned> inaudible_{0};           // relaxed: as the gate's state
  BoundedQueue<AudioPacket> queue_{kQueuePackets};
};

}  // namespace diemcau::media
