#pragma once
// Finds the first packet of each key frame in a stream of RTP payloads.

#include <cstdint>
#include <optional>
#include <span>

#include "media/stream/codec.hpp"

namespace diemcau::media {

class KeyFrameDetector {
 public:
  explicit KeyFrameDetector(Codec codec) noexcept : codec_(codec) {}

  /// True for the first packet of a key frame: of VP8 the one with the frame header, of H.264 the
  /// one with the SPS or, where none is sent in band, the first with an IDR slice. One per
  /// timestamp, since an IDR picture may have several slices.
  bool starts_key_frame(std::uint32_t timestamp, std::span<const std::uint8_t> payload) noexcept;

 private:
  Codec codec_;
  std::optional<std::uint32_t> last_;
};

}  // namespace diemcau::media
