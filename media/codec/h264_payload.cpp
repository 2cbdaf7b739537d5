#include "media/codec/h264_payload.hpp"

#include <cstddef>

namespace diemcau::media {

namespace {
constexpr std::uint8_t kTypeMask = 0x1f;

void note(H264PayloadContents& contents, std::uint8_t type) noexcept {
  contents.sps = contents.sps || type == h264::kSps;
  contents.idr = contents.idr || type == h264::kIdr;
}
}  // namespace

H264PayloadContents inspect_h264_payload(std::span<const std::uint8_t> payload) noexcept {
  H264PayloadContents contents;
  if (payload.empty() || (payload[0] & 0x80) != 0) return contents;  // forbidden_zero_bit
  const std::uint8_t type = payload[0] & kTypeMask;
  if (type >= 1 && type <= 23) {  // §5.6: the payload is the NAL unit
    note(contents, type);
    contents.valid = true;
  } else if (type == h264::kStapA) {  // §5.7.1: 16-bit sizes before each NAL unit
    std::size_t at = 1;
    while (at + 2 < payload.size()) {
      const std::size_t size = static_cast<std::size_t>(payload[at]) << 8 | payload[at + 1];
      at += 2;
      if (size == 0 || size > payload.size() - at) return {};
      note(contents, payload[at] & kTypeMask);
      at += size;
    }
    contents.valid = at == payload.size() && at > 1;
    if (!contents.valid) return {};
  } else if (type == h264::kFuA) {  // §5.8: FU indicator, FU header S|E|R|type
    if (payload.size() < 3) return contents;
    const bool start = (payload[1] & 0x80) != 0, end = (payload[1] & 0x40) != 0;
    if (start && end) return contents;  // §5.8: must not be one fragment
    if (start) note(contents, payload[1] & kTypeMask);
    contents.valid = true;
  }
  return contents;
}

}  // namespace diemcau::media
