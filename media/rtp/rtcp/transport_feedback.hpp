#pragma once
// Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1): which packets
// of the transport arrived, and when, in steps of 250 µs.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "media/rtp/rtcp/packet.hpp"

namespace diemcau::media::rtcp {

struct TransportFeedback {
  static constexpr std::uint8_t kFormat = 15;
  static constexpr Duration kTick = std::chrono::microseconds(250);
  static constexpr Duration kReferenceStep = std::chrono::milliseconds(64);
  /// A tiny packet can claim 65 535 statuses by run length: more than this is refused.
  static constexpr std::size_t kMostStatuses = 4096;

  struct Status {
    bool received = false;
    std::int16_t delta = 0;  // ticks since the one received before, or the reference time
    bool operator==(const Status&) const = default;
  };

  std::uint32_t sender_ssrc = 0, media_ssrc = 0;
  std::uint16_t base_sequence = 0;
  std::int32_t reference_time = 0;  // in kReferenceStep, 24 bits signed
  std::uint8_t count = 0;           // of feedback messages
  std::vector<Status> statuses;     // of base_sequence and those behind it

  static std::optional<TransportFeedback> parse(const PacketView& packet);
  /// False when it has no status, more than kMostStatuses, or no room.
  bool write(Writer& out) const noexcept;
  /// Bytes write() takes, header included.
  std::size_t size() const noexcept;
  bool operator==(const TransportFeedback&) const = default;
};

}  // namespace diemcau::media::rtcp
