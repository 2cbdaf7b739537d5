#include "media/codec/vp8_bitstream.hpp"

namespace diemcau::media {

Result<FrameHeader> inspect_vp8_frame(std::span<const std::uint8_t> frame) {
  const auto refuse = [](const char* code, const char* why) {
    return make_error(Errc::invalid_argument, code, why);
  };
  if (frame.size() < 3) return refuse("vp8.truncated", "a VP8 frame has at least a frame tag");
  // 24 bits, little endian: !key (1), version (3), show_frame (1), first_part_size (19).
  const std::uint32_t tag = static_cast<std::uint32_t>(frame[0]) |
                            static_cast<std::uint32_t>(frame[1]) << 8 |
                            static_cast<std::uint32_t>(frame[2]) << 16;
  FrameHeader header;
  header.key = (tag & 1) == 0;
  const std::size_t first_partition = tag >> 5;
  const std::size_t before = header.key ? 10 : 3;
  if (frame.size() < before) return refuse("vp8.truncated", "the key frame header is cut short");
  if (first_partition > frame.size() - before)
    return refuse("vp8.bad_partition", "the first partition is larger than the frame");
  if (!header.key) return header;
  if (frame[3] != 0x9d || frame[4] != 0x01 || frame[5] != 0x2a)
    return refuse("vp8.bad_start_code", "a key frame begins with 9d 01 2a");
  // 14 bits of size, 2 of scaling, each little endian.
  header.width = (frame[6] | frame[7] << 8) & 0x3fff;
  header.height = (frame[8] | frame[9] << 8) & 0x3fff;
  if (header.width == 0 || header.height == 0)
    return refuse("vp8.bad_size", "a key frame of no size");
  return header;
}

}  // namespace diemcau::media
