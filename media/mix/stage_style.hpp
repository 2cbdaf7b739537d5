#pragma once
// How the stage looks: colours and measures in one place.

#include <algorithm>
#include <cstdint>

#include "media/mix/i420_frame.hpp"

namespace diemcau::media::style {

/// sRGB to limited-range BT.601 (ITU-R BT.601-7 §2.5).
constexpr Colour from_rgb(int r, int g, int b) {
  const auto byte = [](double v) {
    return static_cast<std::uint8_t>(std::clamp(v + 0.5, 0.0, 255.0));
  };
  return {byte(16 + (65.481 * r + 128.553 * g + 24.966 * b) / 255),
          byte(128 + (-37.797 * r - 74.203 * g + 112.0 * b) / 255),
          byte(128 + (112.0 * r - 93.786 * g - 18.214 * b) / 255)};
}

inline constexpr Colour kBackground = from_rgb(17, 20, 26);
inline constexpr Colour kBars = from_rgb(0, 0, 0);
inline constexpr Colour kCard = from_rgb(38, 44, 56);
inline constexpr int kAccentRgb[3] = {255, 179, 0};  // "has the floor"
inline constexpr Colour kAccent = from_rgb(kAccentRgb[0], kAccentRgb[1], kAccentRgb[2]);
/// What is left of the light of a lost picture, in 256ths.
inline constexpr int kDimmed = 90;

inline constexpr const char* kFont = "Noto Sans";
inline constexpr const char* kLost = "mất kết nối";
inline constexpr const char* kCameraOff = "camera tắt";
inline constexpr const char* kWaiting = "đang chờ hình";

/// Letters of a tile's name grow with the tile and stay legible when the stage is halved.
constexpr int name_px(int tile_height) {
  return std::clamp(tile_height / 12, 15, 30);
}
constexpr int card_px(int tile_height) {
  return std::clamp(tile_height / 8, 16, 56);
}
constexpr int notice_px(int tile_height) {
  return std::clamp(tile_height / 10, 15, 40);
}
constexpr int frame_px(int tile_height) {
  return std::clamp(tile_height / 60, 2, 4) * 2;
}

}  // namespace diemcau::media::style
