#include "media/codec/key_frame_detector.hpp"

#include "media/codec/h264_payload.hpp"
#include "media/codec/vp8_payload.hpp"

namespace diemcau::media {

bool KeyFrameDetector::starts_key_frame(std::uint32_t timestamp,
                                        std::span<const std::uint8_t> payload) noexcept {
  bool starts = false;
  if (codec_ == Codec::vp8) {
    starts = vp8_starts_key_frame(payload);
  } else if (codec_ == Codec::h264) {
    const auto contents = inspect_h264_payload(payload);
    starts = contents.sps || contents.idr;
  }
  if (!starts || last_ == timestamp) return false;
  last_ = timestamp;
  return true;
}

}  // namespace diemcau::media
