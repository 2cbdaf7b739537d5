#pragma once
// One coded picture or one coded piece of sound, as an encoder made it: what a recorder reads.

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "media/stream/codec.hpp"

namespace diemcau::media {

struct EncodedFrame {
  Codec codec = Codec::h264;
  /// H.264: one access unit, Annex B start codes, SPS and PPS before every IDR.
  /// VP8: one frame. AAC: one raw access unit (no ADTS). Opus: one packet.
  std::vector<std::uint8_t> data;
  /// When the picture was composed or the first sample was mixed: one monotonic clock for all
  /// streams of a conference, so sound and picture are aligned by it.
  TimePoint captured{};
  Duration duration{};
  bool key = false;
  /// AAC only: AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1), the same on every frame.
  std::vector<std::uint8_t> codec_config;
};
using EncodedFramePtr = std::shared_ptr<const EncodedFrame>;

/// Called on the encoder's thread: must only enqueue, never block or throw.
class EncodedFrameReader {
 public:
  virtual ~EncodedFrameReader() = default;
  virtual void on_encoded_frame(const EncodedFramePtr& frame) noexcept = 0;
};

}  // namespace diemcau::media
