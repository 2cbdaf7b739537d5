#pragma once
// What the latency probe sends, coded beforehand: a picture that changes from dark to light and
// back, and a tone that comes and goes.

#include <memory>
#include <vector>

#include "base/result.hpp"
#include "media/mix/i420_frame.hpp"
#include "media/stream/packet_chunk.hpp"

namespace diemcau::bench {

struct Blinking {
  static constexpr int kHalf = 5;     // frames dark, then as many light
  static constexpr int kFrames = 40;  // begins with a key frame, repeats
  std::vector<std::shared_ptr<const media::PacketChunk>> frames;
  /// From a 720p picture's push to its packets, milliseconds, nothing else running.
  std::vector<double> encode_ms;
  static bool light(int frame) { return frame / kHalf % 2 == 1; }
};
Result<Blinking> make_blinking();

struct Beeping {
  static constexpr int kHalf = 10;  // packets of 20 ms silent, then as many of a tone
  struct Packet {
    std::vector<std::uint8_t> payload;
    std::uint8_t level = 127;
  };
  std::vector<Packet> packets;  // 2 × kHalf
};
Result<Beeping> make_beeping();

}  // namespace diemcau::bench
