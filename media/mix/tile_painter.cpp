#include "media/mix/tile_painter.hpp"

#include <algorithm>

#include <libyuv/scale.h>

#include "media/mix/stage_style.hpp"

namespace diemcau::media {

namespace {
constexpr int even(int n) {
  return n & ~1;
}

/// Box where it averages whole source pixels (1/2, 1/4 and below, whose kernels are fast), bilinear
/// between and above.
libyuv::FilterMode filter_for(Size from, Size to) {
  if (from.width >= 2 * to.width && from.height >= 2 * to.height) return libyuv::kFilterBox;
  return libyuv::kFilterBilinear;
}

void scale(const I420View& from, I420Span to) {
  if (from.width == to.width && from.height == to.height) {
    copy(from, to);
    return;
  }
  libyuv::I420Scale(from.data[0], from.stride[0], from.data[1], from.stride[1], from.data[2],
                    from.stride[2], from.width, from.height, to.data[0], to.stride[0], to.data[1],
                    to.stride[1], to.data[2], to.stride[2], to.width, to.height,
                    filter_for({from.width, from.height}, {to.width, to.height}));
}

/// Towards black, and colours towards grey: plainly not live even at a glance.
void dim(I420Span tile) {
  const auto towards = [](std::uint8_t* row, int n, int rest, int keep) {
    for (int i = 0; i < n; ++i) {
      row[i] = static_cast<std::uint8_t>(rest + ((row[i] - rest) * keep) / 256);
    }
  };
  for (int row = 0; row < tile.height; ++row) {
    towards(tile.data[0] + static_cast<std::ptrdiff_t>(row) * tile.stride[0], tile.width, 16,
            style::kDimmed);
  }
  for (std::size_t p : {1u, 2u}) {
    for (int row = 0; row < tile.height / 2; ++row) {
      towards(tile.data[p] + static_cast<std::ptrdiff_t>(row) * tile.stride[p], tile.width / 2, 128,
              style::kDimmed);
    }
  }
}

void frame(I420Span tile, int thickness, Colour colour) {
  const int t = std::min({thickness, even(tile.width / 2), even(tile.height / 2)});
  fill(tile.crop(0, 0, tile.width, t), colour);
  fill(tile.crop(0, tile.height - t, tile.width, t), colour);
  fill(tile.crop(0, 0, t, tile.height), colour);
  fill(tile.crop(tile.width - t, 0, t, tile.height), colour);
}
}  // namespace

Rect cover(Size picture, Size target) {
  const auto pw = std::int64_t{picture.width}, ph = std::int64_t{picture.height};
  Rect r{0, 0, picture.width, picture.height};
  if (pw * target.height > ph * target.width) {
    r.w = std::max(2, even(static_cast<int>(ph * target.width / target.height)));
  } else if (pw * target.height < ph * target.width) {
    r.h = std::max(2, even(static_cast<int>(pw * target.height / target.width)));
  }
  // Sizes like 427×240 differ from 16:9 by rounding: not worth a slow scaling ratio's crop.
  if (picture.width - r.w <= 2) r.w = picture.width;
  if (picture.height - r.h <= 2) r.h = picture.height;
  r.x = even((picture.width - r.w) / 2);
  r.y = even((picture.height - r.h) / 2);
  return r;
}

Rect fit(Size picture, Size target) {
  const auto pw = std::int64_t{picture.width}, ph = std::int64_t{picture.height};
  Rect r{0, 0, target.width, target.height};
  if (pw * target.height > ph * target.width) {
    r.h = std::max(2, even(static_cast<int>(ph * target.width / pw)));
  } else {
    r.w = std::max(2, even(static_cast<int>(pw * target.height / ph)));
  }
  r.x = even((target.width - r.w) / 2);
  r.y = even((target.height - r.h) / 2);
  return r;
}

void TilePainter::paint(const TileFace& face, I420Span tile) {
  switch (face.state) {
    case TileState::live:
      paint_picture(face, tile);
      break;
    case TileState::lost:
      if (face.picture) {
        paint_picture(face, tile);
        dim(tile);
      } else {
        fill(tile, style::kCard);
      }
      centre(style::kLost, {style::notice_px(tile.height), tile.width - 8, true, false, true}, tile,
             tile.height / 2);
      break;
    case TileState::camera_off:
      paint_card(face, tile, style::kCameraOff);
      break;
    case TileState::waiting:
      paint_card(face, tile, style::kWaiting);
      break;
  }
  const bool named = face.state == TileState::live || face.state == TileState::lost;
  if (named && !face.label.empty()) paint_label(face, tile);
  if (face.has_floor) frame(tile, style::frame_px(tile.height), style::kAccent);
}

void TilePainter::paint_picture(const TileFace& face, I420Span tile) {
  const I420View& picture = face.picture->view;
  const Size from{picture.width, picture.height}, to{tile.width, tile.height};
  ++scaled_;
  if (face.slides) {
    const Rect inner = fit(from, to);
    if (inner.w < to.width || inner.h < to.height) fill(tile, style::kBars);
    scale(picture, tile.crop(inner));
  } else {
    const Rect part = cover(from, to);
    scale(picture.crop(part.x, part.y, part.w, part.h), tile);
  }
}

void TilePainter::paint_card(const TileFace& face, I420Span tile, const char* notice) {
  fill(tile, style::kCard);
  const int name = style::card_px(tile.height), small = style::name_px(tile.height);
  centre(face.label, {name, tile.width - name, false, face.has_floor, true}, tile,
         tile.height / 2 - small / 2);
  centre(notice, {small, tile.width - small, false, false, false}, tile, tile.height / 2 + name);
}

void TilePainter::paint_label(const TileFace& face, I420Span tile) {
  const int px = style::name_px(tile.height);
  const int margin = std::max(px / 2, style::frame_px(tile.height) + 2);
  auto sprite =
      labels_.render(face.label, {px, tile.width - 2 * margin, true, face.has_floor, false});
  if (sprite) blend(*sprite, tile, margin, tile.height - margin - sprite->height);
}

void TilePainter::centre(const std::string& text, const LabelStyle& style, I420Span target,
                         int middle_y) {
  auto sprite = labels_.render(text, style);
  if (!sprite) return;
  blend(*sprite, target, (target.width - sprite->width) / 2, middle_y - sprite->height / 2);
}

void TilePainter::paint_empty(const std::string& text, I420Span canvas) {
  centre(text, {std::clamp(canvas.height / 18, 16, 64), canvas.width - 32, false, false, false},
         canvas, canvas.height / 2);
}

}  // namespace diemcau::media
