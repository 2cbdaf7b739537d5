// RTP payloads, SPS and whole access units of H.264.

#include <cstdlib>
#include <span>

#include "media/codec/h264_bitstream.hpp"
#include "media/codec/key_frame_detector.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace diemcau::media;
  const std::span bytes(data, size);
  KeyFrameDetector detector(Codec::h264);
  detector.starts_key_frame(0, bytes);
  if (const auto sps = parse_h264_sps(bytes)) {
    if (sps->width <= 0 || sps->height <= 0 || sps->width > sps->coded_width ||
        sps->height > sps->coded_height || sps->coded_width > 16'880)
      std::abort();
  }
  if (const auto header = inspect_h264_access_unit(bytes))
    if (header->width < 0 || header->height < 0) std::abort();
  return 0;
}
