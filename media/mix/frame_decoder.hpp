#pragma once
// Coded frames → pictures, by libavcodec: the one seam to it. One frame in, at most one picture
// out, none held back. One thread at a time, whichever it is.

#include <cstdint>
#include <memory>
#include <span>

#include "base/result.hpp"
#include "media/mix/i420_frame.hpp"
#include "media/stream/codec.hpp"

struct AVBufferRef;
struct AVCodecContext;
struct AVPacket;

namespace diemcau::media {

class FrameDecoder {
 public:
  /// `largest`: a second bound behind the caller's own look at the headers. Errors:
  /// "mix.decoder" where libavcodec has none or cannot begin.
  static Result<FrameDecoder> create(Codec codec, Size largest);

  struct Decoded {
    std::shared_ptr<Picture> picture;  // without times; null where the frame shows nothing
    bool broken = false;               // what comes after leans on it: begin at a key frame
  };
  /// A picture lives as long as somebody holds it. `key`: nothing before it matters.
  Decoded decode(std::span<const std::uint8_t> frame, bool key);
  /// What was decoded before is no reference for what comes.
  void begin_anew() noexcept;

 private:
  struct Free {
    void operator()(AVCodecContext* context) const noexcept;
    void operator()(AVPacket* packet) const noexcept;
    void operator()(AVBufferRef* buffer) const noexcept;
  };
  FrameDecoder(Codec codec, Size largest) noexcept : codec_(codec), largest_(largest) {}
  Result<void> open();
  /// Makes the frame, padded, the packet's. False when there is no memory.
  bool fill_packet(std::span<const std::uint8_t> frame);

  Codec codec_;
  Size largest_;
  std::unique_ptr<AVCodecContext, Free> context_;
  std::unique_ptr<AVPacket, Free> packet_;
  std::unique_ptr<AVBufferRef, Free> bytes_;  // of one coded frame, used again and again
};

}  // namespace diemcau::media
