#pragma once
// Whether bytes are a whole PNG or JPEG of bearable size. Pictures are not decoded here: browsers
// do that. Pure, linear in the bytes, allocates nothing.

#include <cstdint>
#include <span>

#include "base/result.hpp"

namespace diemcau::mcu {

struct PictureExtent {
  std::uint32_t width = 0, height = 0;  // pixels, 1 to 20 000 each, at most 100 million together
};

/// ISO/IEC 15948: signature, IHDR first, every chunk within the file with its right CRC, at least
/// one IDAT, and IEND as the very end. Errors: document.damaged, document.too_complex.
Result<PictureExtent> check_png(std::span<const std::uint8_t> bytes);

/// ITU-T T.81: SOI, segments within the file up to the first scan, one frame header of 1 to 4
/// components before it, EOI after it. Errors: as check_png.
Result<PictureExtent> check_jpeg(std::span<const std::uint8_t> bytes);

}  // namespace diemcau::mcu
