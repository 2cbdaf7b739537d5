#pragma once
// A camera's loop with something going on everywhere, coded once: what is made of it fills its bit
// rate, where a drawn hall compresses to nothing and would make few and small packets.

#include <memory>

#include "base/result.hpp"
#include "mcu/app/simulate/picture_loop.hpp"

namespace diemcau::bench {

/// Blocking. 2 s at 25 pictures a second, beginning with a key frame.
Result<std::shared_ptr<const mcu::PictureLoop>> make_busy_loop(media::Size size);

}  // namespace diemcau::bench
