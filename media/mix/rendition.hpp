#pragma once
// The ladder: what the stage is encoded as, each rung only while somebody watches it.

#include <array>
#include <compare>
#include <cstdint>
#include <string_view>

#include "media/stream/codec.hpp"

namespace diemcau::media {

enum class Quality : std::uint8_t {
  slides,  // 640×360 at 5 frames/s: the slides alone if there are some, else the stage
  p180,
  p360,
  p720,
  p1080,
};
inline constexpr std::array kQualities{Quality::slides, Quality::p180, Quality::p360, Quality::p720,
                                       Quality::p1080};

struct Rendition {
  Codec codec = Codec::h264;
  Quality quality = Quality::p720;
  auto operator<=>(const Rendition&) const = default;
};

/// Pixels; the width follows from the shape of the stage.
constexpr int height_of(Quality quality) {
  switch (quality) {
    case Quality::p180:
      return 180;
    case Quality::slides:
    case Quality::p360:
      return 360;
    case Quality::p720:
      return 720;
    case Quality::p1080:
      return 1080;
  }
  return 0;
}

constexpr std::string_view name_of(Quality quality) {
  switch (quality) {
    case Quality::slides:
      return "slides";
    case Quality::p180:
      return "180p";
    case Quality::p360:
      return "360p";
    case Quality::p720:
      return "720p";
    case Quality::p1080:
      return "1080p";
  }
  return "";
}

}  // namespace diemcau::media
