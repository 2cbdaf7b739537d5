#pragma once
// The uncompressed header of a VP8 frame (RFC 6386 §9.1).

#include <cstdint>
#include <span>

#include "base/result.hpp"
#include "media/codec/frame_header.hpp"

namespace diemcau::media {

/// One whole frame. Errors: "vp8.truncated", "vp8.bad_start_code", "vp8.bad_partition",
/// "vp8.bad_size". A size of 16383×16383 is valid here: policy is the caller's.
Result<FrameHeader> inspect_vp8_frame(std::span<const std::uint8_t> frame);

}  // namespace diemcau::media
