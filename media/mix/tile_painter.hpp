#pragma once
// Paints one tile: the picture cropped or fitted, what is written over it, its frame.

#include <cstdint>
#include <string>

#include "media/mix/i420_frame.hpp"
#include "media/mix/label_renderer.hpp"
#include "media/mix/mix_plan.hpp"

namespace diemcau::media {

/// What a tile really shows, after the plan and the state of its source were put together. Two
/// equal faces are the same pixels.
struct TileFace {
  Rect rect;
  TileState state = TileState::live;
  PicturePtr picture;  // null unless live or lost
  std::string label;
  bool has_floor = false;
  bool slides = false;
  bool operator==(const TileFace&) const = default;
};

class TilePainter {
 public:
  explicit TilePainter(LabelRenderer& labels) : labels_(labels) {}

  /// `tile` is the face's rectangle of the canvas; every pixel of it is written.
  void paint(const TileFace& face, I420Span tile);
  /// Text in the middle of an empty stage.
  void paint_empty(const std::string& text, I420Span canvas);
  /// Pictures scaled (or copied 1:1 from their source) so far.
  std::uint64_t scaled() const noexcept { return scaled_; }

 private:
  void paint_picture(const TileFace& face, I420Span tile);
  void paint_card(const TileFace& face, I420Span tile, const char* notice);
  void paint_label(const TileFace& face, I420Span tile);
  void centre(const std::string& text, const LabelStyle& style, I420Span target, int middle_y);

  LabelRenderer& labels_;
  std::uint64_t scaled_ = 0;
};

/// The largest centred part of a picture with the shape of the target, at even offsets.
Rect cover(Size picture, Size target);
/// The largest centred rectangle of the target with the shape of the picture, even.
Rect fit(Size picture, Size target);

}  // namespace diemcau::media
