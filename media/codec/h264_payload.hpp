#pragma once
// RTP payload of H.264 (RFC 6184): what is in it, without taking it apart.

#include <cstdint>
#include <span>

namespace diemcau::media {

/// NAL unit types of ISO/IEC 14496-10 table 7-1 and of RFC 6184 §5.2.
namespace h264 {
inline constexpr std::uint8_t kSlice = 1, kIdr = 5, kSps = 7, kPps = 8, kStapA = 24, kFuA = 28;
}

/// What begins in this payload. Packetisation modes 0 and 1 (RFC 6184 §5.4): single NAL unit,
/// STAP-A and FU-A; of a fragmented unit only the first fragment begins anything.
struct H264PayloadContents {
  bool valid = false;
  bool sps = false;  // a sequence parameter set
  bool idr = false;  // a slice of an IDR picture
};
H264PayloadContents inspect_h264_payload(std::span<const std::uint8_t> payload) noexcept;

}  // namespace diemcau::media
