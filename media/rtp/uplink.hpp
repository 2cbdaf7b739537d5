#pragma once
// What a site sends, after transport and repair: the boundary between rtp and those who decode or
// forward.

#include <cstdint>
#include <memory>
#include <span>

#include "base/clock.hpp"
#include "media/stream/codec.hpp"

namespace diemcau::media {

/// One received RTP packet, plaintext, duplicates removed. `payload` is borrowed for the call.
struct UplinkPacket {
  std::int64_t index = 0;       // unwrapped sequence number
  std::uint32_t timestamp = 0;  // RTP clock
  bool marker = false;
  bool red = false;                // payload is RFC 2198
  std::uint8_t audio_level = 127;  // RFC 6464: 0 loudest, 127 silence or unknown
  bool voice = false;              // RFC 6464 V bit
  std::span<const std::uint8_t> payload;
  TimePoint arrived{};
};

/// Video, in order: packets of whole frames as they become complete. After a loss that repair did
/// not mend in time, `gap` is true on the first packet behind it.
class OrderedPacketSink {
 public:
  virtual ~OrderedPacketSink() = default;
  virtual void on_ordered_packet(const UplinkPacket& packet, bool gap) noexcept = 0;
};

/// At once, in order of arrival: sound (which has a jitter buffer of its own) and forwarding.
/// Called on the site's transport loop: must only enqueue or send.
class UplinkSink {
 public:
  virtual ~UplinkSink() = default;
  virtual void on_uplink_packet(const UplinkPacket& packet) noexcept = 0;
};

}  // namespace diemcau::media
