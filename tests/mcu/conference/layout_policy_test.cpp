#include "mcu/conference/layout_policy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace diemcau::mcu {
namespace {

using media::Rect;
using testing::ElementsAre;
using testing::SizeIs;

StageSite site(const std::string& seat, int order, bool chair = false) {
  StageSite s;
  s.seat = seat;
  s.label = "UBND " + seat;
  s.camera = {static_cast<std::uint64_t>(order) * 4 + 2};
  s.screen = {static_cast<std::uint64_t>(order) * 4 + 3};
  s.chair = chair;
  s.order = order;
  s.camera_on = s.flowing = true;
  return s;
}

StageInput room(int sites) {
  StageInput input;
  for (int i = 0; i < sites; ++i)
    input.sites.push_back(site("s" + std::to_string(i), i + 1, i == 0));
  return input;
}

std::vector<std::string> seats(const StagePlan& plan) {
  std::vector<std::string> out;
  for (const auto& tile : plan.tiles) out.push_back(tile.seat);
  return out;
}

TEST(LayoutPolicy, an_empty_room_shows_its_text) {
  StageInput input;
  input.empty_text = "Chưa có điểm cầu nào";
  const auto plan = plan_stage(input);
  EXPECT_TRUE(plan.tiles.empty());
  EXPECT_EQ(plan.mix.empty_text, "Chưa có điểm cầu nào");
}

TEST(LayoutPolicy, one_site_fills_the_stage) {
  const auto plan = plan_stage(room(1));
  ASSERT_THAT(plan.mix.tiles, SizeIs(1));
  EXPECT_EQ(plan.mix.tiles[0].rect, (Rect{0, 0, 1280, 720}));
}

TEST(LayoutPolicy, two_sites_stand_side_by_side_in_the_middle) {
  const auto plan = plan_stage(room(2));
  EXPECT_EQ(plan.mix.tiles[0].rect, (Rect{0, 180, 640, 360}));
  EXPECT_EQ(plan.mix.tiles[1].rect, (Rect{640, 180, 640, 360}));
}

TEST(LayoutPolicy, the_third_of_three_stands_centred_below) {
  const auto plan = plan_stage(room(3));
  EXPECT_EQ(plan.mix.tiles[2].rect, (Rect{320, 360, 640, 360}));
}

class EveryCount : public testing::TestWithParam<int> {};

TEST_P(EveryCount, regions_are_even_inside_the_canvas_and_never_overlap) {
  for (const auto wish : {Layout::automatic, Layout::grid, Layout::speaker, Layout::speaker_strip,
                          Layout::slides, Layout::single}) {
    auto input = room(GetParam());
    input.wish = wish;
    input.speaker = "s1";
    input.presenter = "s2";
    const auto plan = plan_stage(input);
    ASSERT_EQ(plan.tiles.size(), plan.mix.tiles.size());
    ASSERT_FALSE(plan.tiles.empty()) << name_of(wish);
    for (std::size_t i = 0; i < plan.mix.tiles.size(); ++i) {
      const auto& a = plan.mix.tiles[i].rect;
      EXPECT_EQ((a.x | a.y | a.w | a.h) & 1, 0);
      EXPECT_GE(a.x, 0);
      EXPECT_GE(a.y, 0);
      EXPECT_GT(a.w, 0);
      EXPECT_LE(a.x + a.w, 1280);
      EXPECT_LE(a.y + a.h, 720);
      for (std::size_t j = 0; j < i; ++j) {
        const auto& b = plan.mix.tiles[j].rect;
        EXPECT_TRUE(a.x >= b.x + b.w || b.x >= a.x + a.w || a.y >= b.y + b.h || b.y >= a.y + a.h)
            << name_of(wish) << " tiles " << i << " and " << j << " of " << GetParam();
      }
    }
  }
}
INSTANTIATE_TEST_SUITE_P(LayoutPolicy, EveryCount,
                         testing::Values(1, 2, 3, 4, 5, 9, 10, 16, 17, 25, 26, 266));

TEST(LayoutPolicy, a_grid_asked_for_holds_25_and_an_automatic_one_16) {
  auto input = room(266);
  EXPECT_THAT(plan_stage(input).tiles, SizeIs(16));
  input.wish = Layout::grid;
  EXPECT_THAT(plan_stage(input).tiles, SizeIs(25));
}

TEST(LayoutPolicy, who_speaks_is_on_the_stage_even_as_the_266th) {
  auto input = room(266);
  input.speaker = "s265";
  input.wish = Layout::grid;
  const auto plan = plan_stage(input);
  EXPECT_EQ(plan.tiles.back().seat, "s265");
  EXPECT_TRUE(plan.mix.tiles.back().has_floor);
}

TEST(LayoutPolicy, nobody_jumps_in_a_grid_when_the_speaker_changes) {
  auto input = room(9);
  input.wish = Layout::grid;
  input.speaker = "s3";
  const auto before = seats(plan_stage(input));
  input.speaker = "s7";
  EXPECT_EQ(seats(plan_stage(input)), before);
}

TEST(LayoutPolicy, speaker_strip_gives_the_speaker_three_quarters) {
  auto input = room(9);
  input.speaker = "s5";
  const auto plan = plan_stage(input);
  EXPECT_EQ(plan.layout, Layout::speaker_strip);
  EXPECT_EQ(plan.tiles[0].seat, "s5");
  EXPECT_EQ(plan.mix.tiles[0].rect, (Rect{0, 0, 960, 540}));
  EXPECT_THAT(plan.tiles, SizeIs(1 + kStripTiles));
  EXPECT_EQ(plan.tiles[1].seat, "s0") << "the chair comes next";
}

TEST(LayoutPolicy, slides_take_the_main_region_and_the_presenter_stays_in_the_strip) {
  auto input = room(6);
  input.presenter = "s4";
  input.speaker = "s4";
  const auto plan = plan_stage(input);
  EXPECT_EQ(plan.layout, Layout::slides);
  EXPECT_TRUE(plan.mix.tiles[0].slides);
  EXPECT_EQ(plan.mix.tiles[0].source, input.sites[4].screen);
  EXPECT_EQ(plan.tiles[1].seat, "s4");
  EXPECT_FALSE(plan.mix.tiles[1].slides);
}

TEST(LayoutPolicy, chair_and_speaker_stand_side_by_side) {
  auto input = room(8);
  input.wish = Layout::speaker;
  input.speaker = "s6";
  EXPECT_THAT(seats(plan_stage(input)), ElementsAre("s0", "s6"));
}

TEST(LayoutPolicy, a_pin_beats_the_speaker) {
  auto input = room(8);
  input.wish = Layout::single;
  input.speaker = "s6";
  input.pinned = {"s2"};
  EXPECT_THAT(seats(plan_stage(input)), ElementsAre("s2"));
}

TEST(LayoutPolicy, a_wish_for_somebody_who_left_is_a_wish_for_nobody) {
  auto input = room(3);
  input.wish = Layout::slides;
  input.presenter = "gone";
  input.pinned = {"gone"};
  input.speaker = "gone";
  const auto plan = plan_stage(input);
  EXPECT_EQ(plan.layout, Layout::speaker_strip);
  EXPECT_THAT(plan.tiles, SizeIs(3));
}

TEST(LayoutPolicy, states_say_why_there_is_no_picture) {
  auto input = room(3);
  input.sites[0].camera_on = false;
  input.sites[1].flowing = false;
  input.sites[2].lost = true;
  const auto plan = plan_stage(input);
  EXPECT_EQ(plan.mix.tiles[0].state, media::TileState::camera_off);
  EXPECT_EQ(plan.mix.tiles[1].state, media::TileState::waiting);
  EXPECT_EQ(plan.mix.tiles[2].state, media::TileState::lost);
}

TEST(LayoutPolicy, names_round_trip) {
  for (const auto layout : {Layout::automatic, Layout::grid, Layout::speaker, Layout::speaker_strip,
                            Layout::slides, Layout::single})
    EXPECT_EQ(layout_from(name_of(layout)), layout);
  EXPECT_FALSE(layout_from("mosaic"));
}

}  // namespace
}  // namespace diemcau::mcu
