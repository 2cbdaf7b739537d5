#pragma once
// A camera's loop with something going on everywhere, coded once: what is made of it fills its bit
// rate, where a drawn hall compresses to nothing and would make few and small packets.

#include <functional>
#include <memory>

#include "base/result.hpp"
#include "mcu/app/simulate/picture_loop.hpp"
#include "media/mix/i420_frame.hpp"

namespace diemcau::bench {

struct LoopOptions {
  media::Size size;
  int frames_per_second = 25;
  int frames = 50;
  int bitrate = 0;
};
/// Blocking: codes what `draw` draws, beginning with a key frame.
Result<std::shared_ptr<const mcu::PictureLoop>> code_loop(
    const LoopOptions& options, const std::function<void(media::I420Span, int frame)>& draw);

/// Blocking. 2 s at 25 pictures a second.
Result<std::shared_ptr<const mcu::PictureLoop>> make_busy_loop(media::Size size);
/// The small layer as PROTOCOL.md asks for it: 160×90, 5 pictures a second, 45 kbit/s; 8 s.
Result<std::shared_ptr<const mcu::PictureLoop>> make_busy_thumbnail();

}  // namespace diemcau::bench
