#pragma once
// A simulated site's camera: a few seconds of a picture of its own, coded once and sent again and
// again. The loop begins with a key frame, so a request for one is answered by beginning anew.

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "media/mix/mix_plan.hpp"
#include "media/stream/packet_chunk.hpp"

namespace diemcau::mcu {

struct PictureLoop {
  int frames_per_second = 15;
  /// One chunk per frame; indices and timestamps are the sender's to set.
  std::vector<std::shared_ptr<const media::PacketChunk>> frames;
};

/// Blocking: draws and codes. `number` chooses the colours and the movement. A thumbnail (180 lines
/// are more than it has) goes at 5 frames a second, as PROTOCOL.md asks.
Result<std::shared_ptr<const PictureLoop>> make_picture_loop(const std::string& name,
                                                             unsigned number, media::Size size);

}  // namespace diemcau::mcu
