#pragma once
// The pictures of one tick, each composed or scaled when first asked for and never twice: 720p on
// the plan's canvas, 360p from it and 180p from that at the cheap ratio 1/2, 1080p on a canvas of
// its own so that nothing else pays for it, and the slides alone. Lives on the mixer's thread.

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "media/mix/rendition.hpp"
#include "media/mix/video_compositor.hpp"

namespace diemcau::media {

/// The plan on a canvas of this height. Tiles that touched still touch, on even pixels.
MixPlan scaled_plan(MixPlan plan, int height);
/// What the rendition `slides` shows: the first tile of slides alone on 640×360. None: the stage.
std::optional<MixPlan> slides_plan(const MixPlan& plan);

class StagePictures {
 public:
  void set_plan(MixPlan plan);
  const MixPlan& plan() const noexcept { return plan_; }

  /// A new tick. One source per tile of plan(); borrowed until the next begin().
  void begin(std::span<const TileSource> sources);
  /// Null when all buffers of that size are still being read.
  I420BufferPtr picture(Quality quality);
  /// Nobody watches it: lets go of what only this quality needs.
  void release(Quality quality);

  /// The 720p stage's, for tests and figures.
  const VideoCompositor& compositor() const noexcept { return stage_; }

 private:
  struct Half {
    I420BufferPtr from, to;
    I420Pool<> pool{VideoCompositor::kMaxCanvases};
  };
  I420BufferPtr halved(const I420BufferPtr& from, Half& half);
  I420BufferPtr large();
  I420BufferPtr slides();
  void plan_slides();

  MixPlan plan_;
  std::span<const TileSource> sources_;
  VideoCompositor stage_;
  std::optional<I420BufferPtr> stage_picture_;  // of this tick
  std::unique_ptr<VideoCompositor> large_;      // only while watched: its canvases are 3 MB each
  struct Slides {
    VideoCompositor compositor;
    bool shown = false;    // the plan has some
    std::size_t tile = 0;  // their place in it
  };
  std::unique_ptr<Slides> slides_;
  Half half_, quarter_;
};

}  // namespace diemcau::media
