#pragma once
// What the stage shows, exactly: made by mcu/conference/layout_policy, drawn by the compositor.

#include <string>
#include <vector>

#include "base/ids.hpp"

namespace diemcau::media {

struct Size {
  int width = 0, height = 0;
  auto operator<=>(const Size&) const = default;
};

/// Pixels of the canvas. Compositors draw I420: x, y, w, h are even.
struct Rect {
  int x = 0, y = 0, w = 0, h = 0;
  bool operator==(const Rect&) const = default;
};

enum class TileState {
  live,        // draw the newest frame
  camera_off,  // name card
  waiting,     // joined, no picture yet
  lost,        // dim the last frame, write "mất kết nối"
};

struct Tile {
  SourceId source;
  Rect rect;
  std::string label;  // UTF-8, as shown; at most 120 bytes are drawn, with an ellipsis
  TileState state = TileState::live;
  bool has_floor = false;  // framed in the accent colour
  bool slides = false;     // fitted with bars, never cropped
  bool operator==(const Tile&) const = default;
};

struct MixPlan {
  Size canvas{1280, 720};
  std::vector<Tile> tiles;  // painted in order, not overlapping
  std::string empty_text;   // drawn in the middle when there is no tile
  bool operator==(const MixPlan&) const = default;
};

}  // namespace diemcau::media
