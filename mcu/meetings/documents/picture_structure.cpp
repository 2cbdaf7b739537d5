#include "mcu/meetings/documents/picture_structure.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <zlib.h>

namespace diemcau::mcu {
namespace {

using Bytes = std::span<const std::uint8_t>;
using namespace std::string_view_literals;

constexpr std::uint32_t kMostPixelsPerSide = 20'000;
constexpr std::uint64_t kMostPixels = 100'000'000;
constexpr std::size_t kPngSignature = 8;
constexpr std::size_t kPngChunkFrame = 12;  // length, type, CRC

Error damaged(std::string_view what) {
  return make_error(Errc::unsupported, "document.damaged", what);
}

std::uint32_t u32(Bytes bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
         std::uint32_t{bytes[at + 2]} << 8 | bytes[at + 3];
}
std::uint32_t u16(Bytes bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 8 | bytes[at + 1];
}

Result<PictureExtent> bearable(std::uint32_t width, std::uint32_t height) {
  if (width == 0 || height == 0) return damaged("a picture without pixels");
  if (width > kMostPixelsPerSide || height > kMostPixelsPerSide ||
      std::uint64_t{width} * height > kMostPixels)
    return make_error(Errc::unsupported, "document.too_complex",
                      "a picture may have 100 million pixels and 20 000 on a side");
  return PictureExtent{width, height};
}

std::string_view type_of(Bytes chunk) {
  return {reinterpret_cast<const char*>(chunk.data()) + 4, 4};
}

// T.81 table B.1.
constexpr std::uint8_t kSoi = 0xd8, kEoi = 0xd9, kSos = 0xda, kTem = 0x01;
bool is_frame_header(std::uint8_t marker) {
  // C4, C8 and CC stand in the same row but are no frame headers.
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}
bool stands_alone(std::uint8_t marker) {
  return marker == kTem || (marker >= 0xd0 && marker <= 0xd7);
}

}  // namespace

Result<PictureExtent> check_png(Bytes bytes) {
  constexpr auto kSignature = "\x89PNG\r\n\x1a\n"sv;
  if (bytes.size() < kPngSignature ||
      !std::equal(kSignature.begin(), kSignature.end(), bytes.begin(),
                  [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; }))
    return damaged("not a PNG");
  Result<PictureExtent> extent = damaged("no IHDR");
  bool has_data = false;
  for (std::size_t at = kPngSignature; at < bytes.size();) {
    const Bytes rest = bytes.subspan(at);
    if (rest.size() < kPngChunkFrame) return damaged("a chunk is cut off");
    const std::size_t length = u32(rest, 0);
    if (length > rest.size() - kPngChunkFrame) return damaged("a chunk is longer than the file");
    const auto type = type_of(rest);
    const auto crc = crc32(0, rest.data() + 4, static_cast<uInt>(length + 4));
    if (crc != u32(rest, 8 + length)) return damaged("a chunk's CRC is wrong");
    const bool first = at == kPngSignature;
    if (first != (type == "IHDR")) return damaged("IHDR is not the first chunk");
    if (first) {
      if (length != 13) return damaged("IHDR has 13 bytes");
      extent = bearable(u32(rest, 8), u32(rest, 12));
      if (!extent) return extent;
    }
    has_data = has_data || type == "IDAT";
    at += kPngChunkFrame + length;
    if (type != "IEND") continue;
    if (at != bytes.size()) return damaged("bytes after the picture's end");
    if (!has_data) return damaged("no picture in it");
    return extent;
  }
  return damaged("no IEND");
}

Result<PictureExtent> check_jpeg(Bytes bytes) {
  if (bytes.size() < 4 || bytes[0] != 0xff || bytes[1] != kSoi) return damaged("not a JPEG");
  Result<PictureExtent> extent = damaged("no frame header");
  for (std::size_t at = 2; at + 1 < bytes.size();) {
    if (bytes[at] != 0xff) return damaged("no marker where one must be");
    const std::uint8_t marker = bytes[at + 1];
    if (marker == 0xff) {  // a fill byte (B.1.1.2)
      ++at;
      continue;
    }
    at += 2;
    if (stands_alone(marker)) continue;
    if (marker == kSoi || marker == kEoi) return damaged("it ends before its picture");
    if (bytes.size() - at < 2) break;
    const std::size_t length = u16(bytes, at);
    if (length < 2 || length > bytes.size() - at) return damaged("a segment is cut off");
    if (is_frame_header(marker)) {
      if (extent) return damaged("two frame headers");
      const std::size_t components = length >= 8 ? bytes[at + 7] : 0;
      if (components < 1 || components > 4 || length != 8 + 3 * components)
        return damaged("a frame header with an impossible number of components");
      extent = bearable(u16(bytes, at + 5), u16(bytes, at + 3));
      if (!extent) return extent;
    }
    at += length;
    if (marker != kSos) continue;
    if (!extent) return damaged("a scan without a frame header");
    constexpr std::array<std::uint8_t, 2> kEnd{0xff, kEoi};
    const auto scan = bytes.subspan(at);
    if (std::search(scan.begin(), scan.end(), kEnd.begin(), kEnd.end()) == scan.end())
      return damaged("the picture is cut off");
    return extent;
  }
  return damaged("no picture in it");
}

}  // namespace diemcau::mcu
