#include "media/mix/video_compositor.hpp"

#include <algorithm>

#include "media/mix/stage_style.hpp"

namespace diemcau::media {

namespace {
constexpr int kSmallestTile = 16;
constexpr Size kSmallestCanvas{160, 90}, kLargestCanvas{3840, 2160};

constexpr int even(int n) {
  return n & ~1;
}

Rect clipped(const Rect& r, Size canvas) {
  const int x0 = even(std::clamp(r.x, 0, canvas.width)),
            y0 = even(std::clamp(r.y, 0, canvas.height));
  const auto end = [](int start, int size, int most) {
    return even(static_cast<int>(std::clamp<std::int64_t>(std::int64_t{start} + size, 0, most)));
  };
  const int x1 = end(r.x, r.w, canvas.width), y1 = end(r.y, r.h, canvas.height);
  return {x0, y0, std::max(0, x1 - x0), std::max(0, y1 - y0)};
}

TileFace face_of(const Tile& tile, const TileSource& source) {
  TileFace face{tile.rect, tile.state, source.picture, tile.label, tile.has_floor, tile.slides};
  if (face.state == TileState::live) {
    if (!source.has_input)
      face.state = TileState::camera_off;
    else if (!source.picture)
      face.state = TileState::waiting;
    else if (source.stalled)
      face.state = TileState::lost;
  }
  if (face.state == TileState::camera_off || face.state == TileState::waiting) {
    face.picture = nullptr;
  }
  return face;
}
}  // namespace

MixPlan normalised(MixPlan plan) {
  plan.canvas.width =
      even(std::clamp(plan.canvas.width, kSmallestCanvas.width, kLargestCanvas.width));
  plan.canvas.height =
      even(std::clamp(plan.canvas.height, kSmallestCanvas.height, kLargestCanvas.height));
  for (Tile& tile : plan.tiles) tile.rect = clipped(tile.rect, plan.canvas);
  std::erase_if(plan.tiles, [](const Tile& tile) {
    return tile.rect.w < kSmallestTile || tile.rect.h < kSmallestTile;
  });
  if (plan.tiles.size() > VideoCompositor::kMaxTiles) plan.tiles.resize(VideoCompositor::kMaxTiles);
  return plan;
}

bool VideoCompositor::Canvas::holds(const Rect& rect, std::uint64_t version) const {
  return std::any_of(held.begin(), held.end(),
                     [&](const Held& h) { return h.version == version && h.rect == rect; });
}

VideoCompositor::VideoCompositor() {
  // Fonts are looked up once, here, and not while the first picture of a meeting waits.
  labels_.render("ấ", {});
  labels_.render("ấ", {.bold = true});
}

void VideoCompositor::set_plan(MixPlan plan) {
  DIEMCAU_RUN_ON(sequence_);
  plan = normalised(std::move(plan));
  const bool same_places =
      plan.canvas == plan_.canvas &&
      std::equal(plan.tiles.begin(), plan.tiles.end(), plan_.tiles.begin(), plan_.tiles.end(),
                 [](const Tile& a, const Tile& b) { return a.rect == b.rect; });
  const bool same_text =
      !plan.tiles.empty() || (plan_.tiles.empty() && plan.empty_text == plan_.empty_text);
  if (!same_places || !same_text) ++layout_;
  plan_ = std::move(plan);
}

bool VideoCompositor::update_faces(std::span<const TileSource> sources) {
  std::vector<Shown> now;
  now.reserve(plan_.tiles.size());
  for (std::size_t i = 0; i < plan_.tiles.size(); ++i) {
    static const TileSource kNothing;
    TileFace face = face_of(plan_.tiles[i], i < sources.size() ? sources[i] : kNothing);
    // Tiles keep their places nearly always: look at the same position first.
    const auto same = [&face](const Shown& s) { return s.face == face; };
    auto known = shown_.end();
    if (i < shown_.size() && same(shown_[i])) {
      known = shown_.begin() + static_cast<std::ptrdiff_t>(i);
    } else {
      known = std::find_if(shown_.begin(), shown_.end(), same);
    }
    const std::uint64_t version = known != shown_.end() ? known->version : next_version_++;
    now.push_back({std::move(face), version});
  }
  shown_ = std::move(now);
  if (!last_ || last_->layout != layout_) return true;
  return !std::all_of(shown_.begin(), shown_.end(),
                      [this](const Shown& s) { return last_->holds(s.face.rect, s.version); });
}

void VideoCompositor::paint_background(Canvas& canvas) {
  fill(canvas.span(), style::kBackground);
  if (plan_.tiles.empty()) painter_.paint_empty(plan_.empty_text, canvas.span());
  canvas.held.clear();
  canvas.layout = layout_;
}

I420BufferPtr VideoCompositor::compose(std::span<const TileSource> sources) {
  DIEMCAU_RUN_ON(sequence_);
  if (!update_faces(sources)) return last_;
  auto canvas = canvases_.take(plan_.canvas);
  if (!canvas) return nullptr;
  if (canvas->layout != layout_) paint_background(*canvas);
  std::vector<Held> held;
  held.reserve(shown_.size());
  for (const Shown& tile : shown_) {
    const Rect& rect = tile.face.rect;
    const I420Span target = canvas->span().crop(rect);
    if (!canvas->holds(rect, tile.version)) {
      if (last_ && last_->holds(rect, tile.version)) {
        copy(last_->view().crop(rect.x, rect.y, rect.w, rect.h), target);
      } else {
        painter_.paint(tile.face, target);
      }
    }
    held.push_back({rect, tile.version});
  }
  canvas->held = std::move(held);
  last_ = std::move(canvas);
  return last_;
}

}  // namespace diemcau::media
