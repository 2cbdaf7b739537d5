#include "media/mix/stage_pictures.hpp"

#include <gtest/gtest.h>

#include "media/mix/stage_style.hpp"
#include "tests/media/mix/video/video_support.hpp"

namespace diemcau::media {
namespace {

using namespace testing;

/// A site on the left half, slides on the right one.
MixPlan site_and_slides() {
  MixPlan plan;
  plan.tiles.push_back({SourceId{1}, {0, 180, 640, 360}, "Huế", TileState::live, false, false});
  plan.tiles.push_back(
      {SourceId{2}, {640, 180, 640, 360}, "Màn hình", TileState::live, true, true});
  return plan;
}

std::vector<TileSource> red_and_green() {
  return {{true, solid({640, 360}, kRed), false}, {true, solid({1280, 720}, kGreen), false}};
}

TEST(ScaledPlan, tiles_that_touched_still_touch_on_even_pixels) {
  MixPlan plan;
  for (int i = 0; i < 3; ++i)
    plan.tiles.push_back({SourceId{1}, {i * 426, 238, i == 2 ? 428 : 426, 242}, ""});
  const auto large = scaled_plan(plan, 1080);
  EXPECT_EQ(large.canvas, (Size{1920, 1080}));
  for (std::size_t i = 0; i < 3; ++i) {
    const Rect r = large.tiles[i].rect;
    EXPECT_EQ((r.x | r.y | r.w | r.h) & 1, 0);
    EXPECT_EQ(r.x + r.w, i == 2 ? 1920 : large.tiles[i + 1].rect.x);
  }
  EXPECT_EQ(scaled_plan(plan, 720), plan);
}

TEST(SlidesPlan, shows_the_first_slides_alone_without_a_label_over_them) {
  const auto alone = slides_plan(site_and_slides());
  ASSERT_TRUE(alone);
  ASSERT_EQ(alone->tiles.size(), 1u);
  EXPECT_EQ(alone->tiles[0].source, SourceId{2});
  EXPECT_EQ(alone->tiles[0].rect, (Rect{0, 0, 640, 360}));
  EXPECT_EQ(alone->tiles[0].label, "");
  EXPECT_FALSE(alone->tiles[0].has_floor);
  EXPECT_FALSE(slides_plan(MixPlan{}));
}

TEST(StagePictures, each_quality_has_its_size_and_the_same_stage) {
  StagePictures pictures;
  pictures.set_plan(site_and_slides());
  const auto sources = red_and_green();
  pictures.begin(sources);
  for (const Quality quality : {Quality::p180, Quality::p360, Quality::p720, Quality::p1080}) {
    const auto picture = pictures.picture(quality);
    ASSERT_TRUE(picture);
    const int h = height_of(quality), w = h * 16 / 9;
    EXPECT_EQ(picture->size(), (Size{w, h}));
    EXPECT_TRUE(near(at(picture->view(), w / 4, h / 2), kRed, 4));
    EXPECT_TRUE(near(at(picture->view(), w * 3 / 4, h / 2), kGreen, 4));
    EXPECT_TRUE(near(at(picture->view(), w / 2, h / 10), style::kBackground, 4));
  }
}

TEST(StagePictures, each_picture_of_a_tick_is_made_once) {
  StagePictures pictures;
  pictures.set_plan(site_and_slides());
  const auto sources = red_and_green();
  pictures.begin(sources);
  const auto quarter = pictures.picture(Quality::p180);
  const auto whole = pictures.picture(Quality::p720);
  EXPECT_EQ(pictures.picture(Quality::p180), quarter);
  EXPECT_EQ(pictures.picture(Quality::p720), whole);
  EXPECT_EQ(pictures.compositor().tiles_scaled(), 2u);
}

TEST(StagePictures, what_only_1080p_needs_is_not_done_for_others) {
  StagePictures pictures;
  pictures.set_plan(site_and_slides());
  const auto sources = red_and_green();
  pictures.begin(sources);
  ASSERT_TRUE(pictures.picture(Quality::p1080));
  EXPECT_EQ(pictures.compositor().tiles_scaled(), 0u) << "and the other way round";
}

TEST(StagePictures, slides_fill_their_rendition_and_without_them_the_stage_does) {
  StagePictures pictures;
  auto plan = site_and_slides();
  pictures.set_plan(plan);
  auto sources = red_and_green();
  pictures.begin(sources);
  auto picture = pictures.picture(Quality::slides);
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->size(), (Size{640, 360}));
  EXPECT_TRUE(near(at(picture->view(), 10, 10), kGreen, 4));

  plan.tiles.pop_back();
  sources.pop_back();
  pictures.set_plan(plan);
  pictures.begin(sources);
  picture = pictures.picture(Quality::slides);
  EXPECT_EQ(picture, pictures.picture(Quality::p360));

  plan = site_and_slides();
  std::swap(plan.tiles[0], plan.tiles[1]);
  sources = red_and_green();
  std::swap(sources[0], sources[1]);
  pictures.set_plan(plan);
  pictures.begin(sources);
  EXPECT_TRUE(near(at(pictures.picture(Quality::slides)->view(), 10, 10), kGreen, 4));
}

}  // namespace
}  // namespace diemcau::media
