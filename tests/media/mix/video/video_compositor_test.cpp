#include "media/mix/video_compositor.hpp"

#include <gtest/gtest.h>

#include "media/mix/stage_style.hpp"
#include "tests/media/mix/video/video_support.hpp"

namespace diemcau::media {
namespace {

using namespace testing;

Tile tile_at(std::uint64_t source, Rect rect, std::string label = "") {
  Tile tile;
  tile.source = SourceId{source};
  tile.rect = rect;
  tile.label = std::move(label);
  return tile;
}
MixPlan two_by_two() {
  MixPlan plan;
  for (int i = 0; i < 4; ++i) {
    plan.tiles.push_back(tile_at(static_cast<std::uint64_t>(i + 1),
                                 {(i % 2) * 640, (i / 2) * 360, 640, 360}, "Điểm cầu"));
  }
  return plan;
}
TileSource showing(PicturePtr picture) {
  return {true, std::move(picture), false};
}
Colour middle(const I420BufferPtr& canvas, const Rect& r) {
  return at(canvas->view(), r.x + r.w / 2, r.y + r.h / 2);
}

TEST(VideoCompositor, puts_each_source_where_the_plan_says) {
  VideoCompositor compositor;
  compositor.set_plan(two_by_two());
  const Colour colours[] = {kRed, kGreen, kBlue, kGrey};
  const Size sizes[] = {{640, 360}, {320, 180}, {1280, 720}, {427, 240}};
  std::vector<TileSource> sources;
  for (std::size_t i = 0; i < 4; ++i) sources.push_back(showing(solid(sizes[i], colours[i])));
  auto canvas = compositor.compose(sources);
  ASSERT_TRUE(canvas);
  EXPECT_EQ(canvas->size(), (Size{1280, 720}));
  for (std::size_t i = 0; i < 4; ++i) {
    const Rect& r = compositor.plan().tiles[i].rect;
    for (auto [x, y] : {std::pair{r.x + r.w / 2, r.y + r.h / 2},
                        {r.x + 2, r.y + 2},
                        {r.x + r.w - 3, r.y + 2},
                        {r.x + r.w - 3, r.y + r.h - 3}}) {
      EXPECT_TRUE(near(at(canvas->view(), x, y), colours[i], 1)) << i << " at " << x << ',' << y;
    }
  }
}

TEST(VideoCompositor, what_no_tile_covers_is_background) {
  VideoCompositor compositor;
  MixPlan plan;
  plan.tiles.push_back(tile_at(1, {0, 0, 640, 360}));
  compositor.set_plan(plan);
  auto canvas = compositor.compose(std::vector{showing(solid({640, 360}, kRed))});
  EXPECT_EQ(at(canvas->view(), 1000, 600), style::kBackground);
}

/// A 4:3 picture: blue left and right eighth, red in between, green top and bottom stripe.
PicturePtr marked_4_by_3() {
  auto buffer = solid_buffer({640, 480}, kRed);
  fill(buffer->span().crop(0, 0, 640, 30), kGreen);
  fill(buffer->span().crop(0, 450, 640, 30), kGreen);
  return picture_of(buffer);
}

TEST(VideoCompositor, crops_cameras_to_fill) {
  VideoCompositor compositor;
  MixPlan plan;
  plan.tiles.push_back(tile_at(1, {0, 0, 1280, 720}));
  compositor.set_plan(plan);
  auto canvas = compositor.compose(std::vector{showing(marked_4_by_3())});
  // 640×360 of 640×480 is left: 60 rows cut above and below, the stripes with them.
  EXPECT_TRUE(near(at(canvas->view(), 640, 2), kRed)) << "top";
  EXPECT_TRUE(near(at(canvas->view(), 640, 717), kRed)) << "bottom";
  EXPECT_TRUE(near(at(canvas->view(), 2, 360), kRed)) << "left";
}

TEST(VideoCompositor, fits_slides_with_bars) {
  VideoCompositor compositor;
  MixPlan plan;
  plan.tiles.push_back(tile_at(1, {0, 0, 1280, 720}));
  plan.tiles[0].slides = true;
  compositor.set_plan(plan);
  auto canvas = compositor.compose(std::vector{showing(marked_4_by_3())});
  EXPECT_TRUE(near(at(canvas->view(), 640, 4), kGreen)) << "nothing is cut off";
  EXPECT_TRUE(near(at(canvas->view(), 640, 714), kGreen));
  EXPECT_EQ(at(canvas->view(), 80, 360), style::kBars);
  EXPECT_EQ(at(canvas->view(), 1200, 360), style::kBars);
  EXPECT_TRUE(near(at(canvas->view(), 640, 360), kRed));
}

TEST(VideoCompositor, scales_only_what_changed) {
  VideoCompositor compositor;
  compositor.set_plan(two_by_two());
  std::vector<TileSource> sources(4);
  for (auto& source : sources) source = showing(solid({320, 180}, kRed));
  auto first = compositor.compose(sources);
  EXPECT_EQ(compositor.tiles_scaled(), 4u);
  EXPECT_EQ(compositor.compose(sources), first) << "nothing changed: the same canvas";
  EXPECT_EQ(compositor.tiles_scaled(), 4u);

  sources[2] = showing(solid({320, 180}, kBlue));
  auto second = compositor.compose(sources);
  EXPECT_EQ(compositor.tiles_scaled(), 5u);
  EXPECT_NE(second, first);
  const auto& tiles = compositor.plan().tiles;
  EXPECT_TRUE(near(middle(second, tiles[2].rect), kBlue));
  EXPECT_TRUE(near(middle(second, tiles[0].rect), kRed)) << "copied from the last canvas";
  EXPECT_TRUE(near(middle(first, tiles[2].rect), kRed)) << "a canvas being read is not touched";

  first.reset();
  sources[0] = showing(solid({320, 180}, kGreen));
  auto third = compositor.compose(sources);  // reuses the first canvas, where tile 2 is old
  EXPECT_EQ(compositor.tiles_scaled(), 6u);
  EXPECT_TRUE(near(middle(third, tiles[2].rect), kBlue));
  EXPECT_TRUE(near(middle(third, tiles[0].rect), kGreen));
}

TEST(VideoCompositor, a_new_plan_rescales_only_tiles_that_moved_or_changed) {
  VideoCompositor compositor;
  MixPlan plan = two_by_two();
  compositor.set_plan(plan);
  std::vector<TileSource> sources(4);
  for (auto& source : sources) source = showing(solid({320, 180}, kRed));
  compositor.compose(sources);
  plan.tiles[1].has_floor = true;
  compositor.set_plan(plan);
  compositor.compose(sources);
  EXPECT_EQ(compositor.tiles_scaled(), 5u);
}

TEST(VideoCompositor, leaves_nothing_of_the_old_layout) {
  VideoCompositor compositor;
  compositor.set_plan(two_by_two());
  std::vector<TileSource> sources(4);
  for (auto& source : sources) source = showing(solid({320, 180}, kRed));
  compositor.compose(sources);
  MixPlan one;
  one.tiles.push_back(tile_at(1, {0, 0, 640, 360}));
  compositor.set_plan(one);
  auto canvas = compositor.compose(std::vector{sources[0]});
  EXPECT_EQ(at(canvas->view(), 960, 540), style::kBackground);
}

int brightest(const I420BufferPtr& canvas, const Rect& r) {
  int most = 0;
  for (int y = r.y; y < r.y + r.h; ++y)
    for (int x = r.x; x < r.x + r.w; ++x) most = std::max<int>(most, at(canvas->view(), x, y).y);
  return most;
}

TEST(VideoCompositor, writes_names_and_draws_each_once) {
  VideoCompositor compositor;
  const auto before = compositor.labels_drawn();
  compositor.set_plan(two_by_two());
  std::vector<TileSource> sources(4);
  for (int i = 0; i < 3; ++i) {
    for (auto& source : sources) source = showing(solid({640, 360}, kBlue));
    auto canvas = compositor.compose(sources);
    EXPECT_GT(brightest(canvas, {0, 300, 300, 60}), 220) << "white letters, bottom left";
    EXPECT_LT(brightest(canvas, {320, 0, 320, 360}), 60) << "and nowhere else";
  }
  EXPECT_EQ(compositor.labels_drawn(), before + 1);
}

TEST(VideoCompositor, a_stalled_source_is_dimmed_and_says_so) {
  VideoCompositor compositor;
  MixPlan plan;
  plan.tiles.push_back(tile_at(1, {0, 0, 1280, 720}));
  compositor.set_plan(plan);
  auto picture = solid({1280, 720}, {200, 90, 160});
  auto live = compositor.compose(std::vector{showing(picture)});
  auto lost = compositor.compose(std::vector{TileSource{true, picture, true}});
  EXPECT_EQ(at(live->view(), 100, 100).y, 200);
  EXPECT_LT(at(lost->view(), 100, 100).y, 100);
  EXPECT_LT(std::abs(at(lost->view(), 100, 100).v - 128), 20) << "greyed";
  EXPECT_GT(brightest(lost, {440, 300, 400, 120}), 220) << "the words";
  auto back = compositor.compose(std::vector{showing(picture)});
  EXPECT_EQ(at(back->view(), 100, 100).y, 200);
}

TEST(VideoCompositor, shows_a_card_with_the_name_where_there_is_no_picture) {
  VideoCompositor compositor;
  MixPlan plan = two_by_two();
  plan.tiles[1].state = TileState::camera_off;
  plan.tiles[2].state = TileState::waiting;
  compositor.set_plan(plan);
  std::vector<TileSource> sources(4);
  sources[1] = showing(solid({320, 180}, kRed));  // the plan wins over what still comes
  sources[3].has_input = true;                    // live in the plan, no picture yet
  auto canvas = compositor.compose(sources);
  for (const Tile& tile : compositor.plan().tiles) {
    const Rect& r = tile.rect;
    EXPECT_EQ(at(canvas->view(), r.x + 6, r.y + 6), style::kCard);
    EXPECT_GT(brightest(canvas, r), 220);
  }
}

TEST(VideoCompositor, frames_who_has_the_floor) {
  VideoCompositor compositor;
  MixPlan plan = two_by_two();
  plan.tiles[0].has_floor = true;
  compositor.set_plan(plan);
  std::vector<TileSource> sources(4);
  for (auto& source : sources) source = showing(solid({640, 360}, kBlue));
  auto canvas = compositor.compose(sources);
  EXPECT_TRUE(near(at(canvas->view(), 2, 180), style::kAccent));
  EXPECT_TRUE(near(at(canvas->view(), 320, 357), style::kAccent));
  EXPECT_TRUE(near(at(canvas->view(), 642, 180), kBlue)) << "and nobody else";
}

TEST(VideoCompositor, an_empty_stage_says_why) {
  VideoCompositor compositor;
  MixPlan plan;
  plan.empty_text = "Cuộc họp chưa bắt đầu";
  compositor.set_plan(plan);
  auto canvas = compositor.compose({});
  EXPECT_GT(brightest(canvas, {320, 300, 640, 120}), 220);
  EXPECT_EQ(at(canvas->view(), 100, 100), style::kBackground);
  plan.empty_text.clear();
  compositor.set_plan(plan);
  EXPECT_LT(brightest(compositor.compose({}), {320, 300, 640, 120}), 60);
}

TEST(VideoCompositor, clips_what_a_plan_asks_beyond_the_canvas) {
  MixPlan plan;
  plan.canvas = {99'999, 1};
  plan.tiles.push_back(tile_at(1, {-100, -100, 301, 301}));
  plan.tiles.push_back(tile_at(2, {INT32_MAX - 1, 0, INT32_MAX, 100}));
  plan.tiles.push_back(tile_at(3, {0, 0, 8, 8}));
  for (std::uint64_t i = 0; i < 200; ++i) plan.tiles.push_back(tile_at(4 + i, {0, 0, 32, 32}));
  plan = normalised(plan);
  EXPECT_EQ(plan.canvas, (Size{3840, 90}));
  ASSERT_EQ(plan.tiles.size(), VideoCompositor::kMaxTiles);
  EXPECT_EQ(plan.tiles[0].rect, (Rect{0, 0, 200, 90}));
  EXPECT_EQ(plan.tiles[1].source, SourceId{4});
}

TEST(VideoCompositor, gives_nothing_when_every_canvas_is_being_read) {
  VideoCompositor compositor;
  MixPlan plan;
  plan.tiles.push_back(tile_at(1, {0, 0, 640, 360}));
  compositor.set_plan(plan);
  std::vector<I420BufferPtr> read;
  for (std::size_t i = 0; i < VideoCompositor::kMaxCanvases; ++i) {
    read.push_back(compositor.compose(std::vector{showing(solid({64, 36}, kRed))}));
    ASSERT_TRUE(read.back());
  }
  EXPECT_EQ(compositor.compose(std::vector{showing(solid({64, 36}, kRed))}), nullptr);
  read.erase(read.begin());
  EXPECT_NE(compositor.compose(std::vector{showing(solid({64, 36}, kRed))}), nullptr);
}

TEST(TileGeometry, covers_and_fits_with_even_numbers) {
  EXPECT_EQ(cover({1920, 1080}, {320, 180}), (Rect{0, 0, 1920, 1080}));
  EXPECT_EQ(cover({640, 480}, {320, 180}), (Rect{0, 60, 640, 360}));
  EXPECT_EQ(cover({360, 640}, {320, 180}), (Rect{0, 218, 360, 202}));
  EXPECT_EQ(cover({427, 240}, {320, 180}), (Rect{0, 0, 427, 240}));
  EXPECT_EQ(fit({640, 480}, {1280, 720}), (Rect{160, 0, 960, 720}));
  EXPECT_EQ(fit({1920, 1080}, {640, 480}), (Rect{0, 60, 640, 360}));
}

}  // namespace
}  // namespace diemcau::media
