#pragma once
// Which coding a stream has, and its RTP clock.

#include <cstdint>
#include <string_view>

namespace diemcau::media {

enum class Codec : std::uint8_t { h264, vp8, opus, aac };

/// RTP clock rate in Hz (RFC 6184 §8.2.1, RFC 7741 §6.1, RFC 7587 §4.1); AAC is never sent by RTP.
constexpr std::uint32_t clock_rate(Codec codec) {
  return codec == Codec::h264 || codec == Codec::vp8 ? 90'000 : 48'000;
}
constexpr bool is_video(Codec codec) {
  return codec == Codec::h264 || codec == Codec::vp8;
}
constexpr std::string_view name_of(Codec codec) {
  switch (codec) {
    case Codec::h264:
      return "H264";
    case Codec::vp8:
      return "VP8";
    case Codec::opus:
      return "opus";
    case Codec::aac:
      return "aac";
  }
  return "?";
}

}  // namespace diemcau::media
