#include "mcu/conference/roster.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace diemcau::mcu {
namespace {

using signaling::Identity;
using signaling::Role;
using testing::ElementsAre;

Unit unit(const char* code, const char* parent, UnitLevel level, const char* kind, const char* name,
          int order) {
  Unit u;
  u.code = UnitCode(code);
  u.parent = UnitCode(parent);
  u.level = level;
  u.kind = kind;
  u.name = name;
  u.sort_order = order;
  return u;
}

Roster roster() {
  auto tree =
      UnitTree::build("test", CivilDate{}, std::nullopt,
                      {unit("HD", "", UnitLevel::province, "tỉnh", "UBND tỉnh Hải Dương", 1),
                       unit("HD-SNV", "HD", UnitLevel::department, "sở", "Sở Nội vụ", 2),
                       unit("HD-300", "HD", UnitLevel::district, "huyện", "Huyện Thanh Miện", 3),
                       unit("HD-11254", "HD-300", UnitLevel::commune, "xã", "Xã Cao Thắng", 4)});
  EXPECT_TRUE(tree) << tree.error().detail;
  Meeting meeting;
  meeting.id = MeetingId("m");
  meeting.chair = UnitCode("HD");
  return Roster(*tree, meeting, {UnitCode("HD"), UnitCode("HD-300"), UnitCode("HD-11254")});
}

Identity who(Role role, const char* code) {
  Identity identity;
  identity.role = role;
  identity.unit = UnitCode(code);
  return identity;
}

std::vector<std::string> seats(const Roster& r) {
  std::vector<std::string> out;
  for (const auto& row : r.rows()) out.push_back(row.seat);
  return out;
}

TEST(Roster, lists_the_expected_in_protocol_order_with_the_chair_as_chair) {
  const auto r = roster();
  EXPECT_THAT(seats(r), ElementsAre("HD/chair", "HD-300/site", "HD-11254/site"));
  EXPECT_EQ(r.expected(), 3u);
}

TEST(Roster, rows_say_what_the_page_groups_by) {
  const auto rows = roster().rows();
  EXPECT_EQ(rows[2].name, "UBND xã Cao Thắng");
  EXPECT_EQ(rows[2].parent, "HD-300");
  EXPECT_EQ(rows[2].parent_name, "UBND huyện Thanh Miện");
  EXPECT_EQ(rows[2].level, "commune");
  EXPECT_EQ(rows[2].state, "absent");
}

TEST(Roster, an_unexpected_guest_gets_a_row_in_its_place) {
  auto r = roster();
  const auto guest = who(Role::site, "HD-SNV");
  ASSERT_TRUE(r.list(r.seat_for(guest), guest));
  EXPECT_THAT(seats(r), ElementsAre("HD/chair", "HD-SNV/site", "HD-300/site", "HD-11254/site"));
  EXPECT_FALSE(r.find("HD-SNV/site")->expected);
  EXPECT_TRUE(r.find("HD-300/site")->expected);
  r.change("HD-SNV/site", [](auto& row) { row.state = "connected"; });
  ASSERT_TRUE(r.list("HD-SNV/site", guest));
  EXPECT_EQ(r.find("HD-SNV/site")->state, "connected") << "made once";
}

TEST(Roster, viewers_are_numbered_and_never_listed) {
  auto r = roster();
  const auto viewer = who(Role::viewer, "HD");
  const auto first = r.seat_for(viewer);
  EXPECT_EQ(first, "HD/viewer.1");
  EXPECT_EQ(r.seat_for(viewer), "HD/viewer.2");
  EXPECT_FALSE(r.list(first, viewer));
  EXPECT_EQ(r.rows().size(), 3u);
}

TEST(Roster, a_unit_nobody_knows_is_shown_by_its_code) {
  auto r = roster();
  const auto stranger = who(Role::site, "XX-1");
  r.list(r.seat_for(stranger), stranger);
  const auto* row = r.find("XX-1/site");
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->name, "XX-1");
  EXPECT_EQ(seats(r).back(), "XX-1/site");
}

TEST(Roster, tells_what_changed_once_and_in_protocol_order) {
  auto r = roster();
  EXPECT_TRUE(r.take_changed().empty()) << "expected seats are no news";
  const auto arrives = [](auto& row) { row.state = "connected"; };
  EXPECT_TRUE(r.change("HD-11254/site", arrives));
  EXPECT_TRUE(r.change("HD/chair", arrives));
  EXPECT_FALSE(r.change("HD/chair", arrives)) << "as it was";
  EXPECT_FALSE(r.change("XX-1/site", arrives)) << "no such row";
  const auto changed = r.take_changed();
  ASSERT_EQ(changed.size(), 2u);
  EXPECT_EQ(changed[0].seat, "HD/chair");
  EXPECT_EQ(changed[1].seat, "HD-11254/site");
  EXPECT_TRUE(r.take_changed().empty());
}

TEST(Roster, writes_the_whole_list_as_it_is_now) {
  auto r = roster();
  const auto before = boost::json::parse(r.json()).as_array();
  ASSERT_EQ(before.size(), 3u);
  EXPECT_EQ(before[0].at("state"), "absent");
  r.change("HD/chair", [](auto& row) { row.state = "connected"; });
  const auto after = boost::json::parse(r.json()).as_array();
  EXPECT_EQ(after[0].at("state"), "connected");
  EXPECT_EQ(after[1], before[1]);
}

TEST(Roster, an_account_manages_only_where_its_node_is_the_chair_or_above_or_its_office) {
  const auto r = roster();
  EXPECT_EQ(r.in_this_meeting(who(Role::secretary, "HD")).role, Role::secretary);
  EXPECT_EQ(r.in_this_meeting(who(Role::secretary, "HD-SNV")).role, Role::secretary);
  EXPECT_EQ(r.in_this_meeting(who(Role::chair, "HD-300")).role, Role::site);
  EXPECT_EQ(r.in_this_meeting(who(Role::admin, "HD-300")).role, Role::admin);
  auto token = who(Role::chair, "HD-300");
  token.meeting = MeetingId("m");
  EXPECT_EQ(r.in_this_meeting(token).role, Role::chair) << "given for this meeting";
}

}  // namespace
}  // namespace diemcau::mcu
