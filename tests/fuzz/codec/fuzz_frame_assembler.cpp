// A frame out of RTP payloads: the input is cut into payloads by a length byte before each.

#include <algorithm>
#include <cstdlib>
#include <span>

#include "media/codec/frame_assembler.hpp"
#include "media/codec/h264_bitstream.hpp"
#include "media/codec/vp8_bitstream.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace diemcau::media;
  if (size == 0) return 0;
  const Codec codec = (data[0] & 1) != 0 ? Codec::h264 : Codec::vp8;
  std::span<const std::uint8_t> rest(data + 1, size - 1);
  FrameAssembler assembler(codec);
  std::size_t payloads = 0;
  while (!rest.empty()) {
    const std::size_t length = std::min<std::size_t>(rest[0], rest.size() - 1);
    if (!assembler.add(rest.subspan(1, length)) && (data[0] & 2) != 0) assembler.give_up();
    payloads += length;
    rest = rest.subspan(1 + length);
  }
  const auto frame = assembler.take();
  if (frame.size() > FrameAssembler::kMostBytes || frame.size() > 5 * payloads) std::abort();
  if (codec == Codec::h264)
    (void)inspect_h264_access_unit(frame);
  else
    (void)inspect_vp8_frame(frame);
  return 0;
}
