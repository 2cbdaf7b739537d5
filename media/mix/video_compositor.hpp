#pragma once
// Composes the stage on I420 canvases. A tile is scaled when its picture, its place or what is
// written on it changed, and only then; other tiles are already on the canvas or are copied from
// the last one. Not thread-safe: lives on the mixer's thread; canvases are read by encoders.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/sequence_checker.hpp"
#include "media/mix/i420_frame.hpp"
#include "media/mix/label_renderer.hpp"
#include "media/mix/mix_plan.hpp"
#include "media/mix/tile_painter.hpp"

namespace diemcau::media {

/// What the source of a tile has to show now.
struct TileSource {
  bool has_input = false;
  PicturePtr picture;    // its last one; null before the first
  bool stalled = false;  // none new for too long
};

/// Bounds of what a plan may ask: tiles outside the canvas are clipped to even coordinates, those
/// of less than 16 pixels a side and those beyond the 64th are left out.
MixPlan normalised(MixPlan plan);

class VideoCompositor {
 public:
  /// Canvases in flight at most: two encoders with two pictures waiting and one in work each, the
  /// last one, and the one being painted.
  static constexpr std::size_t kMaxCanvases = 8;
  static constexpr std::size_t kMaxTiles = 64;

  VideoCompositor();

  /// Call before compose() whenever the plan changed; it is normalised here.
  void set_plan(MixPlan plan);
  const MixPlan& plan() const noexcept { return plan_; }

  /// One source per tile of plan(). The same canvas as last time when nothing changed; null when
  /// every canvas is still being read.
  I420BufferPtr compose(std::span<const TileSource> sources);

  /// For tests and figures.
  std::uint64_t tiles_scaled() const noexcept { return painter_.scaled(); }
  std::uint64_t labels_drawn() const noexcept { return labels_.drawn(); }

 private:
  struct Held {
    Rect rect;
    std::uint64_t version = 0;
  };
  struct Canvas : I420Buffer {
    using I420Buffer::I420Buffer;
    std::uint64_t layout = 0;
    std::vector<Held> held;  // what is painted where
    bool holds(const Rect& rect, std::uint64_t version) const;
  };
  struct Shown {
    TileFace face;
    std::uint64_t version = 0;
  };
  /// Refreshes shown_; true when a tile differs from the last canvas.
  bool update_faces(std::span<const TileSource> sources);
  void paint_background(Canvas& canvas);

  SequenceChecker sequence_;
  LabelRenderer labels_;
  TilePainter painter_{labels_};
  I420Pool<Canvas> canvases_{kMaxCanvases};
  MixPlan plan_;
  std::uint64_t layout_ = 1;  // changes with the set of rectangles and the empty text
  std::uint64_t next_version_ = 1;
  std::vector<Shown> shown_;
  std::shared_ptr<Canvas> last_;
};

}  // namespace diemcau::media
