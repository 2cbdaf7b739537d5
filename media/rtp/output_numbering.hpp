#pragma once
// One receiver's numbers over many streams. A switch begins a segment; within it everything is
// source plus a constant, so a retransmission is numbered exactly as the first sending was.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include <boost/container/static_vector.hpp>

#include "media/codec/vp8_payload.hpp"
#include "media/stream/encoded_stream.hpp"

namespace diemcau::media {

class OutputNumbering {
 public:
  /// Segments remembered for retransmission.
  static constexpr std::size_t kMostSegments = 4;

  struct Segment {
    std::weak_ptr<EncodedStream> stream;
    SourceId self;
    Codec codec = Codec::opus;
    std::uint8_t payload_type = 0;
    std::int64_t first = 0;   // first outgoing index
    std::int64_t offset = 0;  // outgoing index − the stream's
    std::uint32_t timestamp_offset = 0;
    std::uint16_t picture_id_offset = 0;
    std::uint8_t tl0_offset = 0;
  };
  struct Numbers {
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
  };

  /// Where numbering begins (RFC 3550 §5.1: at random).
  OutputNumbering(std::uint16_t first_sequence, std::uint32_t first_timestamp) noexcept
      : last_(std::int64_t{first_sequence} + 0xffff), last_timestamp_(first_timestamp) {}

  /// Begins a segment with `packet` as its first: sequence numbers go on without a gap,
  /// timestamps by the time between the two captures, VP8 picture ids by one.
  void begin(const std::shared_ptr<EncodedStream>& stream, SourceId self, std::uint8_t payload_type,
             const PacketInfo& packet, std::span<const std::uint8_t> payload, TimePoint captured);

  /// Null before the first begin().
  const Segment* current() const noexcept {
    return segments_.empty() ? nullptr : &segments_.back();
  }
  /// The newest outgoing index; its low 16 bits are the sequence number.
  std::int64_t newest() const noexcept { return last_; }
  void set_self(SourceId self) noexcept {
    if (!segments_.empty()) segments_.back().self = self;
  }

  /// Whether a packet belongs to the current segment: not before its beginning, and not beyond a
  /// restart of a forwarded source.
  bool in_segment(const PacketInfo& packet) const noexcept;
  bool beyond(const PacketInfo& packet) const noexcept;

  /// Numbers of a packet of `segment`.
  static Numbers numbers(const Segment& segment, const PacketInfo& packet) noexcept {
    return {static_cast<std::uint16_t>((packet.index + segment.offset) & 0xffff),
            packet.timestamp + segment.timestamp_offset};
  }
  /// Notes what was sent of the current segment; `vp8` as it was sent.
  void sent(const PacketInfo& packet, TimePoint captured,
            const std::optional<Vp8Descriptor>& vp8) noexcept;

  /// Which packet of which stream went out under this number, among the newest 32 768.
  struct Origin {
    const Segment* segment = nullptr;
    std::int64_t index = 0;
  };
  Origin resolve(std::uint16_t sequence) const noexcept;

  /// The RTP timestamp of something captured at `when`, by the newest packet; for sender reports.
  std::uint32_t timestamp_at(TimePoint when) const noexcept;

 private:
  static constexpr std::int64_t kLargestJump = 3000;

  boost::container::static_vector<Segment, kMostSegments> segments_;  // oldest first
  std::int64_t last_;                                                 // newest outgoing index
  std::uint32_t last_timestamp_;
  TimePoint last_captured_{};
  bool any_ = false;
  std::optional<std::uint16_t> last_picture_id_;
  std::optional<std::uint8_t> last_tl0_;
};

}  // namespace diemcau::media
