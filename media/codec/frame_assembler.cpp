#include "media/codec/frame_assembler.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "media/codec/h264_payload.hpp"
#include "media/codec/vp8_payload.hpp"

namespace diemcau::media {

namespace {
constexpr std::uint8_t kTypeMask = 0x1f, kForbiddenBit = 0x80;
}  // namespace

bool FrameAssembler::add(std::span<const std::uint8_t> payload) {
  if (payload.empty()) return false;
  return codec_ == Codec::h264 ? add_h264(payload) : add_vp8(payload);
}

std::vector<std::uint8_t> FrameAssembler::take(std::vector<std::uint8_t> next) {
  next.clear();
  auto frame = std::exchange(bytes_, std::move(next));
  if (std::exchange(fragment_open_, false)) frame.clear();
  return frame;
}

void FrameAssembler::give_up() noexcept {
  bytes_.clear();
  fragment_open_ = false;
}

bool FrameAssembler::append(std::span<const std::uint8_t> bytes) {
  if (bytes.size() > kMostBytes - bytes_.size()) return false;
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return true;
}

bool FrameAssembler::begin_unit(std::uint8_t header) {
  return append(std::array<std::uint8_t, 5>{0, 0, 0, 1, header});
}

bool FrameAssembler::add_h264(std::span<const std::uint8_t> payload) {
  if ((payload[0] & kForbiddenBit) != 0) return false;
  const std::uint8_t type = payload[0] & kTypeMask;
  if (type == h264::kFuA) return add_fragment(payload);
  if (fragment_open_) return false;
  if (type >= 1 && type <= 23)  // RFC 6184 §5.6: the payload is the NAL unit
    return begin_unit(payload[0]) && append(payload.subspan(1));
  return type == h264::kStapA && add_aggregate(payload.subspan(1));
}

/// RFC 6184 §5.7.1: 16-bit sizes before each NAL unit.
bool FrameAssembler::add_aggregate(std::span<const std::uint8_t> units) {
  if (units.empty()) return false;
  while (!units.empty()) {
    if (units.size() < 3) return false;
    const std::size_t size = static_cast<std::size_t>(units[0]) << 8 | units[1];
    units = units.subspan(2);
    if (size == 0 || size > units.size() || (units[0] & kForbiddenBit) != 0) return false;
    if (!begin_unit(units[0]) || !append(units.subspan(1, size - 1))) return false;
    units = units.subspan(size);
  }
  return true;
}

/// RFC 6184 §5.8: FU indicator F|NRI|28, FU header S|E|R|type.
bool FrameAssembler::add_fragment(std::span<const std::uint8_t> payload) {
  if (payload.size() < 3) return false;
  const bool start = (payload[1] & 0x80) != 0, end = (payload[1] & 0x40) != 0;
  if (start == fragment_open_ || (start && end)) return false;
  if (start) {
    const auto header =
        static_cast<std::uint8_t>((payload[0] & ~kTypeMask) | (payload[1] & kTypeMask));
    if (!begin_unit(header)) return false;
  }
  fragment_open_ = !end;
  return append(payload.subspan(2));
}

bool FrameAssembler::add_vp8(std::span<const std::uint8_t> payload) {
  const auto descriptor = parse_vp8_descriptor(payload);
  if (!descriptor || descriptor->starts_frame() != bytes_.empty()) return false;
  return append(payload.subspan(descriptor->size));
}

}  // namespace diemcau::media
