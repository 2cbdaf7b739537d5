#pragma once
// RTP payloads of one encoded stream before any receiver's numbering: made once, shared by all.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace diemcau::media {

/// One RTP packet without header. `index` counts the stream's packets (64 bits, so it never
/// wraps); a receiver's sequence number is index + its own offset. A forwarded stream keeps the
/// gaps of its source, an encoded one has none.
struct PacketInfo {
  std::uint32_t offset = 0;  // of the payload in PacketChunk::bytes
  std::uint16_t size = 0;    // payload bytes
  bool marker = false;
  bool key_start = false;       // first packet of a key frame: a reader may begin or switch here
  std::uint32_t timestamp = 0;  // the stream's RTP clock
  std::int64_t index = 0;
  /// Sound mixes: the packet is for the reader whose own source this is (mix-minus); 0 is for
  /// everybody who has no packet of its own with the same index.
  SourceId variant{};
  std::uint8_t audio_level = 127;  // RFC 6464 −dBov; sound only
};

/// Packets that leave together: one video frame, one tick of sound, or one forwarded packet.
struct PacketChunk {
  std::vector<std::uint8_t> bytes;
  std::vector<PacketInfo> packets;  // ascending index
  TimePoint captured{};             // of the picture or sound in it
  TimePoint produced{};             // when it was published; for delay figures
  bool frame_end = true;

  std::span<const std::uint8_t> payload(const PacketInfo& p) const noexcept {
    return {bytes.data() + p.offset, p.size};
  }
};
using PacketChunkPtr = std::shared_ptr<const PacketChunk>;

}  // namespace diemcau::media
