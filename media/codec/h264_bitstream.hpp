#pragma once
// H.264 access units in Annex B form: is it a key frame, and how large a picture does it claim?

#include <cstdint>
#include <optional>
#include <span>

#include "base/result.hpp"
#include "media/codec/frame_header.hpp"

namespace diemcau::media {

struct H264Sps {
  std::uint8_t profile = 0, constraints = 0, level = 0;
  std::uint32_t id = 0;
  int width = 0, height = 0;              // after cropping
  int coded_width = 0, coded_height = 0;  // what a decoder allocates
};

/// `nal` begins with the NAL header byte; emulation prevention bytes are still inside
/// (ISO/IEC 14496-10 §7.3.2.1). Nothing when malformed or beyond the format's own bounds.
std::optional<H264Sps> parse_h264_sps(std::span<const std::uint8_t> nal);

/// One access unit with start codes. width and height are those of the largest SPS in it, coded
/// size, since that is what a decoder allocates. Errors: "h264.no_start_code", "h264.bad_sps",
/// "h264.forbidden_bit", "h264.empty".
Result<FrameHeader> inspect_h264_access_unit(std::span<const std::uint8_t> annexb);

}  // namespace diemcau::media
