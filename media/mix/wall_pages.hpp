#pragma once
// The wall: pages of thumbnails, each composed on a canvas of its own five times a second and only
// while somebody looks at it. Lives on the mixer's thread.

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "media/mix/pace.hpp"
#include "media/mix/rendition_stream.hpp"
#include "media/mix/video_compositor.hpp"
#include "media/mix/video_metrics.hpp"

namespace diemcau::media {

class WallPages {
 public:
  /// More pages watched at once than this wait until another is left.
  static constexpr std::size_t kMostWatched = 8;
  static constexpr int kPicturesPerSecond = 5;
  using SourceOf = std::function<TileSource(SourceId)>;

  void set_plan(int page, MixPlan plan);
  /// The page in one codec; kept.
  void add(int page, std::shared_ptr<RenditionStream> stream);
  /// Composes the watched pages that are due and offers them to their streams.
  void compose(TimePoint now, const SourceOf& source_of, VideoMetrics& metrics);
  std::size_t composing() const noexcept;

 private:
  struct Page {
    MixPlan plan;
    std::vector<std::shared_ptr<RenditionStream>> streams;
    std::unique_ptr<VideoCompositor> compositor;  // only while watched
    Pace pace{Duration(std::chrono::seconds(1)) / kPicturesPerSecond};
  };
  std::map<int, Page> pages_;
  std::vector<TileSource> sources_;
};

}  // namespace diemcau::media
