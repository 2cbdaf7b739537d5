#include "mcu/conference/uplink_policy.hpp"

#include <gtest/gtest.h>

namespace diemcau::mcu {
namespace {

using media::Layer;
using media::Quality;
using media::Size;

constexpr Size kNone{};

struct Case {
  const char* name;
  CameraNeed need;
  bool simulcast;
  // What is asked for, and which layer the mixer reads.
  Size large;
  int fps;
  bool thumbnail;
  std::optional<Layer> mixed;
};
void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}
class CameraPlans : public testing::TestWithParam<Case> {};

TEST_P(CameraPlans, ask_for_what_is_needed_and_no_more) {
  const Case& c = GetParam();
  const auto plan = plan_camera(c.need, c.simulcast);
  EXPECT_EQ(plan.wish.active, c.large != kNone);
  EXPECT_EQ((Size{plan.wish.width, plan.wish.height}), c.large);
  EXPECT_EQ(plan.wish.fps, c.fps);
  EXPECT_EQ(plan.wish.thumbnail, c.thumbnail);
  EXPECT_EQ(plan.mixed, c.mixed);
  if (c.large == kNone) {
    EXPECT_EQ(plan.wish.bitrate, 0);
  } else {
    EXPECT_EQ(plan.wish.bitrate, c.fps == kThumbnailRate ? kThumbnailBits : bits_for(c.large));
  }
}

constexpr CameraNeed tile(int width, int height) {
  return {{width, height}, false, {}, false};
}
constexpr CameraNeed kWall{{}, true, {}, false};
constexpr CameraNeed kWatched{{}, false, {1280, 720}, false};
constexpr CameraNeed kWatchedPoorly{{}, false, {}, true};
constexpr CameraNeed kTileAndWall{{320, 180}, true, {}, false};
constexpr CameraNeed kTileAndWatched{{320, 180}, false, {1280, 720}, true};
constexpr CameraNeed kLargeTileAndWatched{{960, 540}, false, {640, 360}, false};

INSTANTIATE_TEST_SUITE_P(
    UplinkPolicy, CameraPlans,
    testing::Values(
        Case{"nobody looks", {}, true, kNone, 0, false, {}},
        Case{"nobody looks, one layer", {}, false, kNone, 0, false, {}},
        Case{"whole stage", tile(1280, 720), true, {1280, 720}, 25, false, Layer::high},
        Case{"main tile", tile(960, 540), true, {960, 540}, 25, false, Layer::high},
        Case{"half", tile(640, 360), true, {640, 360}, 25, false, Layer::high},
        Case{"of three columns", tile(426, 240), true, {426, 240}, 25, false, Layer::high},
        Case{"of four columns", tile(320, 180), true, {320, 180}, 25, false, Layer::high},
        Case{"of five columns", tile(256, 144), true, {256, 144}, 25, false, Layer::high},
        Case{"as small as the thumbnail", tile(160, 90), true, kNone, 0, true, Layer::low},
        Case{"that small, one layer", tile(160, 90), false, {160, 90}, 5, false, Layer::high},
        Case{"wall", kWall, true, kNone, 0, true, Layer::low},
        Case{"wall, one layer", kWall, false, {160, 90}, 5, false, Layer::high},
        Case{"stage and wall", kTileAndWall, true, {320, 180}, 25, true, Layer::high},
        Case{"stage and wall, one layer", kTileAndWall, false, {320, 180}, 25, false, Layer::high},
        Case{"watched", kWatched, true, {1280, 720}, 25, false, {}},
        Case{"watched, one layer", kWatched, false, {1280, 720}, 25, false, {}},
        Case{"watched over a poor line", kWatchedPoorly, true, kNone, 0, true, {}},
        Case{"watched over a poor line, one layer", kWatchedPoorly, false, {160, 90}, 5, false, {}},
        Case{"stage and watched both ways",
             kTileAndWatched,
             true,
             {1280, 720},
             25,
             true,
             Layer::high},
        Case{"the larger of both", kLargeTileAndWatched, true, {960, 540}, 25, false, Layer::high}),
    [](const auto& c) { return std::to_string(c.index); });

TEST(UplinkPolicy, bits_grow_slower_than_pixels) {
  EXPECT_EQ(bits_for({320, 180}), 250'000);
  EXPECT_EQ(bits_for({640, 360}), 660'000);
  EXPECT_EQ(bits_for({1280, 720}), 1'740'000);
  EXPECT_EQ(bits_for(kThumbnail), 90'000) << "at 25 frames a second; the layer itself has five";
  EXPECT_GE(bits_for({}), kThumbnailBits);
}

TEST(UplinkPolicy, slides_are_asked_whole_and_only_while_shown) {
  EXPECT_EQ(screen_wish(true).width, 1920);
  EXPECT_FALSE(screen_wish(false).active);
}

TEST(UplinkPolicy, a_ceiling_leaves_room_for_sound_and_never_nothing_for_a_picture) {
  const auto nothing = uplink_ceiling({}, {});
  EXPECT_GE(nothing, 100'000);
  EXPECT_LE(nothing, 124'000);
  const auto stage = plan_camera(kTileAndWall, true).wish;
  EXPECT_EQ(uplink_ceiling(stage, {}), 64'000 + stage.bitrate + kThumbnailBits);
  EXPECT_GT(uplink_ceiling(stage, screen_wish(true)), uplink_ceiling(stage, {}) + 1'000'000);
}

TEST(UplinkPolicy, the_thumbnail_stays_under_50_kilobits_with_its_headers) {
  // Five packets a second with 24 bytes of RTP and extensions, 16 of SRTP, 28 of UDP and IPv4.
  EXPECT_LE(kThumbnailBits + 5 * (24 + 16 + 28) * 8, 50'000);
}

TEST(UplinkPolicy, a_line_gets_the_layer_it_carries) {
  EXPECT_EQ(relayed_layer(Quality::p1080), Layer::high);
  EXPECT_EQ(relayed_layer(Quality::p720), Layer::high);
  EXPECT_EQ(relayed_layer(Quality::p360), Layer::high);
  EXPECT_EQ(relayed_layer(Quality::p180), Layer::low);
  EXPECT_EQ(relayed_layer(Quality::slides), Layer::low);
  EXPECT_EQ(relayed_size(Quality::p720), (Size{1280, 720}));
  EXPECT_EQ(relayed_size(Quality::p360), (Size{640, 360}));
  EXPECT_EQ(relayed_size(Quality::p180), kThumbnail);
}

}  // namespace
}  // namespace diemcau::mcu
