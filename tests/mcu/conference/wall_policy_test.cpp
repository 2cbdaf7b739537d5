#include "mcu/conference/wall_policy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace diemcau::mcu {
namespace {

using testing::ElementsAre;

std::vector<WallSite> group(const std::string& name, std::size_t size) {
  std::vector<WallSite> sites;
  for (std::size_t i = 0; i < size; ++i) {
    WallSite site;
    site.seat = name + "." + std::to_string(i);
    site.group = name;
    sites.push_back(site);
  }
  return sites;
}
std::vector<WallSite> operator+(std::vector<WallSite> a, const std::vector<WallSite>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
std::vector<std::size_t> sizes(const std::vector<WallPage>& pages) {
  std::vector<std::size_t> out;
  for (const auto& page : pages) out.push_back(page.seats.size());
  return out;
}

TEST(WallPolicy, nobody_has_no_page) {
  EXPECT_TRUE(plan_wall({}).empty());
}

TEST(WallPolicy, tiles_have_the_thumbnails_own_size_and_do_not_overlap) {
  const auto pages = plan_wall(group("a", 64));
  ASSERT_EQ(pages.size(), 1U);
  const auto& tiles = pages[0].mix.tiles;
  EXPECT_EQ(pages[0].mix.canvas, (media::Size{1280, 720}));
  EXPECT_EQ(tiles[0].rect, (media::Rect{0, 0, 160, 90}));
  EXPECT_EQ(tiles[9].rect, (media::Rect{160, 90, 160, 90}));
  EXPECT_EQ(tiles[63].rect, (media::Rect{1120, 630, 160, 90}));
}

TEST(WallPolicy, a_district_is_not_divided_between_pages) {
  const auto pages = plan_wall(group("", 19) + group("a", 25) + group("b", 24) + group("c", 30));
  EXPECT_THAT(sizes(pages), ElementsAre(44, 54));
  EXPECT_EQ(pages[1].seats.front(), "b.0");
}

TEST(WallPolicy, but_one_larger_than_a_page_is) {
  EXPECT_THAT(sizes(plan_wall(group("a", 10) + group("b", 130) + group("c", 2))),
              ElementsAre(10, 64, 64, 4));
}

TEST(WallPolicy, a_group_stands_together_wherever_its_sites_are_in_the_roster) {
  const auto pages = plan_wall(group("a", 2) + group("b", 1) + group("a", 1));
  EXPECT_THAT(pages[0].seats, ElementsAre("a.0", "a.1", "a.0", "b.0"));
}

TEST(WallPolicy, a_site_that_comes_changes_its_own_tile_only) {
  auto sites = group("", 19) + group("a", 25) + group("b", 24);
  const auto before = plan_wall(sites);
  sites[20].camera = SourceId{7};
  sites[20].state = media::TileState::live;
  const auto after = plan_wall(sites);
  ASSERT_EQ(sizes(before), sizes(after));
  int changed = 0;
  for (std::size_t page = 0; page < after.size(); ++page)
    for (std::size_t i = 0; i < after[page].mix.tiles.size(); ++i)
      changed += after[page].mix.tiles[i] == before[page].mix.tiles[i] ? 0 : 1;
  EXPECT_EQ(changed, 1);
  EXPECT_EQ(after[0].mix.tiles[20].source, SourceId{7});
}

}  // namespace
}  // namespace diemcau::mcu
