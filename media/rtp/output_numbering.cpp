#include "media/rtp/output_numbering.hpp"

#include <algorithm>

namespace diemcau::media {

namespace {
std::uint32_t in_units(Duration d, std::uint32_t rate) noexcept {
  constexpr std::int64_t kBillion = 1'000'000'000;
  return static_cast<std::uint32_t>(d.count() / kBillion * rate +
                                    d.count() % kBillion * rate / kBillion);
}
}  // namespace

void OutputNumbering::begin(const std::shared_ptr<EncodedStream>& stream, SourceId self,
                            std::uint8_t payload_type, const PacketInfo& packet,
                            std::span<const std::uint8_t> payload, TimePoint captured) {
  if (segments_.size() == kMostSegments) segments_.erase(segments_.begin());
  Segment segment;
  segment.stream = stream;
  segment.self = self;
  segment.codec = stream->codec();
  segment.payload_type = payload_type;
  segment.first = last_ + 1;
  segment.offset = segment.first - packet.index;

  const std::uint32_t rate = clock_rate(segment.codec);
  std::uint32_t timestamp = last_timestamp_;
  if (any_) {
    // The two captures may be out of order (a late joiner is given an older key frame), yet time
    // must not stand still: two pictures never share a timestamp.
    const Duration least =
        is_video(segment.codec) ? std::chrono::milliseconds(10) : std::chrono::milliseconds(20);
    timestamp += in_units(std::max(least, captured - last_captured_), rate);
  }
  segment.timestamp_offset = timestamp - packet.timestamp;

  if (segment.codec == Codec::vp8) {
    if (const auto d = parse_vp8_descriptor(payload)) {
      if (d->picture_id_at != 0 && last_picture_id_)
        segment.picture_id_offset =
            static_cast<std::uint16_t>(*last_picture_id_ + 1 - d->picture_id);
      if (d->tl0_at != 0 && last_tl0_)
        segment.tl0_offset = static_cast<std::uint8_t>(*last_tl0_ + 1 - d->tl0_picture_index);
    }
  }
  last_ = segment.first - 1;
  segments_.push_back(std::move(segment));
}

bool OutputNumbering::in_segment(const PacketInfo& packet) const noexcept {
  const std::int64_t out = packet.index + segments_.back().offset;
  return out >= segments_.back().first && out <= last_ + kLargestJump;
}

bool OutputNumbering::beyond(const PacketInfo& packet) const noexcept {
  return packet.index + segments_.back().offset > last_ + kLargestJump;
}

void OutputNumbering::sent(const PacketInfo& packet, TimePoint captured,
                           const std::optional<Vp8Descriptor>& vp8) noexcept {
  const Segment& segment = segments_.back();
  const std::int64_t out = packet.index + segment.offset;
  any_ = true;
  if (out <= last_) return;  // a repair of a forwarded stream
  last_ = out;
  last_timestamp_ = packet.timestamp + segment.timestamp_offset;
  last_captured_ = captured;
  if (!vp8) return;
  if (vp8->picture_id_at != 0) last_picture_id_ = vp8->picture_id;
  if (vp8->tl0_at != 0) last_tl0_ = vp8->tl0_picture_index;
}

OutputNumbering::Origin OutputNumbering::resolve(std::uint16_t sequence) const noexcept {
  const auto behind =
      static_cast<std::uint16_t>(static_cast<std::uint16_t>(last_ & 0xffff) - sequence);
  if (behind >= 0x8000) return {};
  const std::int64_t out = last_ - behind;
  for (auto segment = segments_.rbegin(); segment != segments_.rend(); ++segment)
    if (out >= segment->first) return {&*segment, out - segment->offset};
  return {};
}

std::uint32_t OutputNumbering::timestamp_at(TimePoint when) const noexcept {
  if (segments_.empty()) return last_timestamp_;
  return last_timestamp_ + in_units(when - last_captured_, clock_rate(segments_.back().codec));
}

}  // namespace diemcau::media
