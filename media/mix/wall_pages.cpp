#include "media/mix/wall_pages.hpp"

#include <algorithm>

namespace diemcau::media {

void WallPages::set_plan(int page, MixPlan plan) {
  Page& place = pages_[page];
  place.plan = std::move(plan);
  if (place.compositor) place.compositor->set_plan(place.plan);
}

void WallPages::add(int page, std::shared_ptr<RenditionStream> stream) {
  pages_[page].streams.push_back(std::move(stream));
}

std::size_t WallPages::composing() const noexcept {
  return static_cast<std::size_t>(std::count_if(pages_.begin(), pages_.end(), [](const auto& page) {
    return page.second.compositor != nullptr;
  }));
}

void WallPages::compose(TimePoint now, const SourceOf& source_of, VideoMetrics& metrics) {
  const auto watched = [](const Page& page) {
    return std::any_of(page.streams.begin(), page.streams.end(),
                       [](const auto& stream) { return stream->watched(); });
  };
  for (auto& [number, page] : pages_)
    if (page.compositor && !watched(page)) page.compositor.reset();
  std::size_t composed = composing();
  for (auto& [number, page] : pages_) {
    if (!watched(page)) continue;
    if (!page.compositor) {
      if (composed == kMostWatched) continue;
      ++composed;
      page.compositor = std::make_unique<VideoCompositor>();
      page.compositor->set_plan(page.plan);
    }
    if (!page.pace.due(now)) continue;
    sources_.clear();
    for (const Tile& tile : page.compositor->plan().tiles)
      sources_.push_back(source_of(tile.source));
    const I420BufferPtr picture = page.compositor->compose(sources_);
    if (!picture) metrics.canvas_dropped.add();
    for (const auto& stream : page.streams)
      if (picture && stream->watched()) stream->offer(picture, now);
  }
}

}  // namespace diemcau::media
