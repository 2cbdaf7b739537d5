#include "base/units/unit_tree.hpp"

#include <gmock/gmock.h>

#include "base/units/unit_csv.hpp"

namespace diemcau {
namespace {

using namespace std::chrono;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<std::shared_ptr<const UnitTree>> build(std::vector<Unit> units) {
  return UnitTree::build("test", 2023y / January / 1, std::nullopt, std::move(units));
}
std::shared_ptr<const UnitTree> hai_duong() {
  return build(parse_unit_csv(default_unit_csv()).value()).value();
}
Unit unit(std::string code, std::string parent) {
  Unit out;
  out.code = UnitCode(code);
  out.parent = UnitCode(parent);
  out.kind = "xã";
  out.name = "Xã " + code;
  return out;
}
std::vector<std::string> codes(const std::vector<const Unit*>& units) {
  std::vector<std::string> out;
  for (const Unit* each : units) out.push_back(each->code.str());
  return out;
}
std::string shown(const UnitTree& tree, const char* code) {
  return tree.display_name(UnitCode(code));
}

TEST(UnitTree, walks_from_the_commune_up_to_the_province) {
  const auto tree = hai_duong();
  EXPECT_THAT(codes(tree->path(UnitCode("HD-10654"))), ElementsAre("HD", "HD-291", "HD-10654"));
  EXPECT_EQ(tree->root().code.str(), "HD");
  EXPECT_TRUE(tree->path(UnitCode("nowhere")).empty());
}

TEST(UnitTree, knows_who_stands_under_whom) {
  const auto tree = hai_duong();
  EXPECT_EQ(tree->children(UnitCode("HD")).size(), 30u);
  EXPECT_EQ(tree->children(UnitCode("HD-288")).size(), 25u);
  EXPECT_EQ(tree->descendants(UnitCode("HD")).size(), 265u);
  EXPECT_TRUE(tree->children(UnitCode("HD-10654")).empty());
  EXPECT_TRUE(tree->is_within(UnitCode("HD-10654"), UnitCode("HD-291")));
  EXPECT_TRUE(tree->is_within(UnitCode("HD-291"), UnitCode("HD-291")));
  EXPECT_FALSE(tree->is_within(UnitCode("HD-291"), UnitCode("HD-10654")));
  EXPECT_FALSE(tree->is_within(UnitCode("HD-10654"), UnitCode("HD-288")));
}

TEST(UnitTree, names_organs_as_documents_do) {
  const auto tree = hai_duong();
  EXPECT_EQ(shown(*tree, "HD"), "UBND tỉnh Hải Dương");
  EXPECT_EQ(shown(*tree, "HD-SNV"), "Sở Nội vụ");
  EXPECT_EQ(shown(*tree, "HD-290"), "UBND thành phố Chí Linh");
  EXPECT_EQ(shown(*tree, "HD-10507"), "UBND phường Cẩm Thượng");
}

TEST(UnitTree, adds_the_district_only_where_a_name_occurs_again) {
  const auto tree = hai_duong();
  EXPECT_EQ(shown(*tree, "HD-10654"), "UBND xã Hồng Phong (Nam Sách)");
  EXPECT_EQ(shown(*tree, "HD-11224"), "UBND xã Hồng Phong (Ninh Giang)");
  EXPECT_EQ(shown(*tree, "HD-11293"), "UBND xã Hồng Phong (Thanh Miện)");
  // "Phường Cộng Hoà" is another organ than the two "Xã Cộng Hòa".
  EXPECT_EQ(shown(*tree, "HD-10570"), "UBND phường Cộng Hoà");
  EXPECT_EQ(shown(*tree, "HD-10639"), "UBND xã Cộng Hòa (Nam Sách)");
}

TEST(UnitTree, shows_no_two_organs_alike) {
  const auto tree = hai_duong();
  std::set<std::string> names;
  for (const Unit& each : tree->units()) {
    EXPECT_TRUE(names.insert(tree->display_name(each)).second) << tree->display_name(each);
  }
}

TEST(UnitTree, finds_namesakes_whose_tone_marks_stand_differently) {
  std::vector<Unit> units{unit("ROOT", ""), unit("A", "ROOT"), unit("B", "ROOT"), unit("a", "A"),
                          unit("b", "B")};
  units[3].name = "Xã Việt Hoà";
  units[4].name = "Xã Việt Hòa";
  const auto tree = build(units).value();
  EXPECT_EQ(shown(*tree, "a"), "UBND xã Việt Hoà (A)");
  EXPECT_EQ(shown(*tree, "b"), "UBND xã Việt Hòa (B)");
}

TEST(UnitTree, keeps_the_capital_of_units_named_after_persons) {
  const auto tree = hai_duong();
  EXPECT_EQ(shown(*tree, "HD-10525"), "UBND Phường Trần Hưng Đạo");
  EXPECT_EQ(shown(*tree, "HD-10564"), "UBND Xã Lê Lợi (Chí Linh)");
}

TEST(UnitTree, searches_without_case_or_diacritics) {
  const auto tree = hai_duong();
  EXPECT_EQ(codes(tree->search("viet hoa")), codes(tree->search("Việt Hòa")));
  EXPECT_THAT(codes(tree->search("viet hoa")), ::testing::Contains("HD-10543"));
  EXPECT_EQ(tree->search("hồng phong").size(), 3u);
  EXPECT_EQ(tree->search("a", 5).size(), 5u);
  EXPECT_TRUE(tree->search("\xff").empty());
}

TEST(UnitTree, selects_all_single_units_and_whole_branches) {
  const auto tree = hai_duong();
  EXPECT_EQ(tree->select("all")->size(), 266u);
  EXPECT_EQ(tree->select("HD-291")->size(), 1u);
  EXPECT_EQ(tree->select("HD-291/*")->size(), 19u);
  EXPECT_EQ(tree->select("HD-291/+")->size(), 20u);
  EXPECT_EQ(tree->select("HD-10654,HD-291/*,HD-10654")->size(), 19u);
  EXPECT_THAT(*tree->select("HD-291,HD"), ElementsAre(UnitCode("HD"), UnitCode("HD-291")));
}

TEST(UnitTree, selects_one_level_of_a_branch) {
  const auto tree = hai_duong();
  EXPECT_EQ(tree->select("HD/commune")->size(), 235u);
  EXPECT_EQ(tree->select("HD/district,HD/department")->size(), 30u);
  EXPECT_EQ(tree->select("HD-300/commune")->size(), 17u);
  EXPECT_EQ(*tree->select("HD-300/commune"), *tree->select("HD-300/*"));
}

TEST(UnitTree, takes_away_what_is_named_with_a_minus_in_the_order_it_is_written) {
  const auto tree = hai_duong();
  EXPECT_EQ(tree->select("all,-HD-300/+")->size(), 266u - 18u);
  EXPECT_EQ(tree->select("HD-300/commune,-HD-11293")->size(), 16u);
  EXPECT_EQ(tree->select("all,-HD/commune,-HD/department")->size(), 13u);
  EXPECT_THAT(*tree->select("HD-291/*,-HD-291/*,HD-10654"), ElementsAre(UnitCode("HD-10654")));
  EXPECT_EQ(tree->select("-HD-10654,HD-291/*")->size(), 19u);
}

TEST(UnitTree, refuses_selectors_it_cannot_follow) {
  const auto tree = hai_duong();
  for (const char* selector : {"", ",", "HD,", "/*", "HD-291//*", "-", "HD,-HD", "HD,-HD-99999",
                               "HD/village", "HD/", "all/commune", "--HD"}) {
    EXPECT_FALSE(tree->select(selector)) << selector;
  }
  EXPECT_THAT(tree->select("HD,HD-99999").error().detail, HasSubstr("HD-99999"));
}

TEST(UnitTree, refuses_what_is_not_one_tree) {
  EXPECT_EQ(build({}).error().code, "units.empty");
  EXPECT_EQ(build({unit("A", ""), unit("A", "A")}).error().code, "units.duplicate_code");
  EXPECT_EQ(build({unit("A", ""), unit("B", "")}).error().code, "units.no_root");
  EXPECT_EQ(build({unit("A", "B"), unit("B", "A")}).error().code, "units.no_root");
  EXPECT_EQ(build({unit("A", ""), unit("B", "X")}).error().code, "units.unknown_parent");
  EXPECT_EQ(build({unit("R", ""), unit("A", "B"), unit("B", "A")}).error().code, "units.cycle");
  EXPECT_EQ(build({unit("R", ""), unit("A", "A")}).error().code, "units.cycle");
}

}  // namespace
}  // namespace diemcau
