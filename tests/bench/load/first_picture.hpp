#pragma once
// Waits for the first whole key frame of a stream: from its first packet to its marker without a
// gap. Pure.

#include "media/codec/key_frame_detector.hpp"
#include "media/rtp/rtp_packet.hpp"

namespace diemcau::bench {

class FirstPicture {
 public:
  explicit FirstPicture(media::Codec codec) noexcept : detector_(codec) {}

  /// True once it is whole.
  bool add(const media::RtpPacket& packet) noexcept {
    const bool starts = detector_.starts_key_frame(packet.timestamp, packet.payload);
    if (starts) {
      begun_ = true;
      timestamp_ = packet.timestamp;
    } else if (begun_ && (packet.timestamp != timestamp_ || packet.sequence != next_)) {
      begun_ = false;
    }
    next_ = static_cast<std::uint16_t>(packet.sequence + 1);
    return begun_ && packet.marker;
  }

 private:
  media::KeyFrameDetector detector_;
  bool begun_ = false;
  std::uint32_t timestamp_ = 0;
  std::uint16_t next_ = 0;
};

}  // namespace diemcau::bench
