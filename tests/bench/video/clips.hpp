#pragma once
// Pictures to measure with: people walking (vtest.avi of Debian's opencv-doc), a synthetic room,
// and slides of Vietnamese text.

#include <ctime>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "media/gst/ptr.hpp"
#include "media/mix/i420_frame.hpp"

namespace diemcau::media::bench {

using Clip = std::vector<I420BufferPtr>;

/// The first `pictures` of the film, cropped to 16:9 and scaled.
Result<Clip> people(Size size, std::size_t pictures);
/// A still room with patches moving in it: gradients, a little noise.
Clip room(Size size, std::size_t pictures);
/// A new slide every `per_slide` pictures, still between them.
Clip slides(Size size, std::size_t pictures, std::size_t per_slide);

/// A packed copy.
gst::Ptr<GstBuffer> to_gst(const I420View& picture);
std::string raw_caps(Size size, int frames_per_second);

/// Of the whole process, all threads, in seconds.
inline double process_cpu() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

}  // namespace diemcau::media::bench
