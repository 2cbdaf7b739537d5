#pragma once
// What a coded frame says of itself, read before any decoder sees it.

namespace diemcau::media {

struct FrameHeader {
  bool key = false;
  int width = 0, height = 0;  // pixels a decoder allocates; 0 when the frame does not say
};

}  // namespace diemcau::media
