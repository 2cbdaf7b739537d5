#include "media/mix/stage_pictures.hpp"

#include <algorithm>

#include <libyuv/scale.h>

namespace diemcau::media {

namespace {
constexpr Size kSlides{640, 360};

bool is_slides(const Tile& tile) {
  return tile.slides;
}
}  // namespace

MixPlan scaled_plan(MixPlan plan, int height) {
  const int from = std::max(plan.canvas.height, 1);
  if (from == height) return plan;
  // By edges, not by sizes: neighbours round the shared edge alike.
  const auto at = [&](int edge) {
    return static_cast<int>((std::int64_t{edge} * height / from + 1) & ~std::int64_t{1});
  };
  plan.canvas = {at(plan.canvas.width), height};
  for (Tile& tile : plan.tiles) {
    const Rect r = tile.rect;
    tile.rect.x = at(r.x);
    tile.rect.y = at(r.y);
    tile.rect.w = at(r.x + r.w) - tile.rect.x;
    tile.rect.h = at(r.y + r.h) - tile.rect.y;
  }
  return plan;
}

std::optional<MixPlan> slides_plan(const MixPlan& plan) {
  const auto shown = std::find_if(plan.tiles.begin(), plan.tiles.end(), is_slides);
  if (shown == plan.tiles.end()) return std::nullopt;
  MixPlan alone;
  alone.canvas = kSlides;
  Tile tile = *shown;
  tile.rect = {0, 0, kSlides.width, kSlides.height};
  if (tile.state == TileState::live) tile.label.clear();  // every pixel is the slide's
  tile.has_floor = false;
  alone.tiles.push_back(std::move(tile));
  return alone;
}

void StagePictures::set_plan(MixPlan plan) {
  // The same tiles on every canvas, since sources are found by their place in the plan: what is
  // large enough at 720p is so at 1080p.
  plan_ = normalised(scaled_plan(std::move(plan), height_of(Quality::p720)));
  stage_.set_plan(plan_);
  if (large_) large_->set_plan(scaled_plan(plan_, height_of(Quality::p1080)));
  if (slides_) plan_slides();
}

void StagePictures::plan_slides() {
  const auto shown = std::find_if(plan_.tiles.begin(), plan_.tiles.end(), is_slides);
  slides_->tile = static_cast<std::size_t>(shown - plan_.tiles.begin());
  slides_->shown = shown != plan_.tiles.end();
  if (slides_->shown) slides_->compositor.set_plan(*slides_plan(plan_));
}

void StagePictures::begin(std::span<const TileSource> sources) {
  sources_ = sources;
  stage_picture_.reset();
}

I420BufferPtr StagePictures::picture(Quality quality) {
  switch (quality) {
    case Quality::slides:
      return slides();
    case Quality::p1080:
      return large();
    case Quality::p720:
      if (!stage_picture_) stage_picture_ = stage_.compose(sources_);
      return *stage_picture_;
    case Quality::p360:
      return halved(picture(Quality::p720), half_);
    case Quality::p180:
      return halved(picture(Quality::p360), quarter_);
  }
  return nullptr;
}

I420BufferPtr StagePictures::large() {
  if (!large_) {
    large_ = std::make_unique<VideoCompositor>();
    large_->set_plan(scaled_plan(plan_, height_of(Quality::p1080)));
  }
  return large_->compose(sources_);
}

I420BufferPtr StagePictures::slides() {
  if (!slides_) {
    slides_ = std::make_unique<Slides>();
    plan_slides();
  }
  if (!slides_->shown || slides_->tile >= sources_.size()) return picture(Quality::p360);
  return slides_->compositor.compose(sources_.subspan(slides_->tile, 1));
}

void StagePictures::release(Quality quality) {
  if (quality == Quality::p1080) large_.reset();
  if (quality == Quality::slides) slides_.reset();
}

I420BufferPtr StagePictures::halved(const I420BufferPtr& from, Half& half) {
  if (!from || (half.from == from && half.to)) return from ? half.to : nullptr;
  const Size size = from->size();
  half.from.reset();
  half.to.reset();
  auto buffer = half.pool.take({(size.width / 2 + 1) & ~1, (size.height / 2 + 1) & ~1});
  if (!buffer) return nullptr;
  const I420View in = from->view();
  const I420Span out = buffer->span();
  libyuv::I420Scale(in.data[0], in.stride[0], in.data[1], in.stride[1], in.data[2], in.stride[2],
                    in.width, in.height, out.data[0], out.stride[0], out.data[1], out.stride[1],
                    out.data[2], out.stride[2], out.width, out.height, libyuv::kFilterBox);
  half.from = from;
  half.to = buffer;
  return buffer;
}

}  // namespace diemcau::media
