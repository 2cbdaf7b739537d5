// Payload descriptors, their rewriting, and frame headers of VP8.

#include <cstdlib>
#include <span>
#include <vector>

#include "media/codec/vp8_bitstream.hpp"
#include "media/codec/vp8_payload.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace diemcau::media;
  std::vector<std::uint8_t> bytes(data, data + size);
  const auto before = parse_vp8_descriptor(bytes);
  vp8_starts_key_frame(bytes);
  shift_vp8_numbers(bytes, 12'345, 77);
  const auto after = parse_vp8_descriptor(bytes);
  // Rewriting changes numbers, never the layout.
  if (before.has_value() != after.has_value()) std::abort();
  if (before && (before->size != after->size || before->long_picture_id != after->long_picture_id))
    std::abort();
  if (const auto header = inspect_vp8_frame(std::span(data, size)))
    if (header->width > 16'383 || header->height > 16'383) std::abort();
  return 0;
}
