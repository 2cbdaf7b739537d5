#include "mcu/meetings/clashes.hpp"

#include <gmock/gmock.h>

namespace diemcau::mcu {
namespace {

using namespace std::chrono;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = Clash::Kind;

// Monday 23 November 2026, 8 o'clock in Vietnam.
const WallTime kNow = vietnam_midnight(2026y / November / 23) + hours(8);

Booking meeting(const char* id, const char* chair, const char* secretary,
                std::vector<const char*> expected) {
  Booking out;
  out.meeting.id = MeetingId(id);
  out.meeting.catalogue = "hai-duong-2023";
  out.meeting.chair = UnitCode(chair);
  out.meeting.secretary = UnitCode(secretary);
  out.meeting.starts_at = vietnam_midnight(2026y / November / 30) + hours(8);
  out.meeting.ends_at = *out.meeting.starts_at + hours(3);
  for (const char* unit : expected) out.expected.emplace_back(unit);
  return out;
}
std::vector<Clash> clashes(const Booking& plan, std::vector<Booking> others = {},
                           std::vector<AgendaItem> agenda = {}, ClashRules rules = {}) {
  return find_clashes(plan, agenda, others, rules, kNow);
}
std::vector<Kind> kinds(const std::vector<Clash>& found) {
  std::vector<Kind> out;
  for (const Clash& clash : found) out.push_back(clash.kind);
  return out;
}

TEST(Clashes, finds_nothing_against_a_plan_made_in_time) {
  EXPECT_THAT(clashes(meeting("a", "HD", "HD-SNV", {"HD", "HD-288"})), IsEmpty());
  EXPECT_THAT(clashes(meeting("a", "HD", "", {"HD-288"}), {meeting("b", "HD-290", "", {"HD-291"})}),
              IsEmpty());
}

TEST(Clashes, finds_who_is_bound_by_another_meeting_at_that_time_in_whatever_part) {
  const auto plan = meeting("a", "HD", "HD-SNV", {"HD", "HD-288", "HD-290", "HD-291"});
  struct Row {
    Booking other;
    std::vector<Clash> expected;
  };
  const auto clash = [](Kind kind, std::vector<UnitCode> units) {
    const auto count = units.size();
    return Clash{kind, MeetingId("b"), std::move(units), count};
  };
  const std::vector<Row> table{
      {meeting("b", "HD", "", {}), {clash(Kind::chair, {UnitCode("HD")})}},
      {meeting("b", "HP", "HD", {}), {clash(Kind::chair, {UnitCode("HD")})}},
      {meeting("b", "HP", "", {"HD"}), {clash(Kind::chair, {UnitCode("HD")})}},
      {meeting("b", "HP", "", {"HD-SNV"}), {clash(Kind::secretary, {UnitCode("HD-SNV")})}},
      {meeting("b", "HD-288", "", {"HD-291"}),
       {clash(Kind::sites, {UnitCode("HD-288"), UnitCode("HD-291")})}},
      {meeting("b", "HD", "HD-SNV", {"HD-290"}),
       {clash(Kind::chair, {UnitCode("HD")}), clash(Kind::secretary, {UnitCode("HD-SNV")}),
        clash(Kind::sites, {UnitCode("HD-290")})}},
  };
  for (const Row& row : table) EXPECT_EQ(clashes(plan, {row.other}), row.expected);
}

TEST(Clashes, takes_the_same_code_of_another_catalogue_for_another_unit) {
  auto other = meeting("b", "HD", "", {"HD-288"});
  other.meeting.catalogue = "hai-phong-2025";
  EXPECT_THAT(clashes(meeting("a", "HD", "", {"HD-288"}), {other}), IsEmpty());
}

TEST(Clashes, counts_the_sites_a_meeting_would_hold_the_chair_s_own_among_them) {
  const auto plan = meeting("a", "HD", "", {"HD-288", "HD-290"});
  EXPECT_THAT(clashes(plan, {}, {}, {.max_sites = 3}), IsEmpty());
  const auto found = clashes(plan, {}, {}, {.max_sites = 2});
  ASSERT_EQ(kinds(found), std::vector{Kind::capacity});
  EXPECT_EQ(found[0].count, 3u);
  EXPECT_EQ(found[0].limit, 2u);
  EXPECT_TRUE(found[0].is_serious());
}

TEST(Clashes, warns_when_the_invitation_goes_out_less_than_three_working_days_before) {
  auto plan = meeting("a", "HD", "", {"HD"});
  plan.meeting.ends_at.reset();
  const auto on = [&](CivilDate day) {
    plan.meeting.starts_at = vietnam_midnight(day) + hours(14);
    return kinds(clashes(plan));
  };
  EXPECT_THAT(on(2026y / November / 26), IsEmpty()) << "Monday to Thursday";
  EXPECT_THAT(on(2026y / November / 25), ElementsAre(Kind::short_notice));
  EXPECT_THAT(on(2026y / November / 23), ElementsAre(Kind::short_notice));
  EXPECT_THAT(on(2026y / November / 22), ElementsAre(Kind::past));
  plan.meeting.invited_at = kNow - days(7);
  plan.meeting.state = MeetingState::invited;
  EXPECT_THAT(on(2026y / November / 24), IsEmpty()) << "the letter went out a week ago";
  plan.meeting.invited_at.reset();
  plan.meeting.state = MeetingState::open;
  EXPECT_THAT(on(2026y / November / 23), IsEmpty()) << "it is too late to be told";
  EXPECT_FALSE(Clash{Kind::short_notice}.is_serious());
}

TEST(Clashes, tells_of_a_meeting_longer_than_its_kind_may_be) {
  auto plan = meeting("a", "HD", "", {"HD"});
  plan.meeting.kind = "briefing";
  const auto lasting = [&](hours length) {
    plan.meeting.ends_at = *plan.meeting.starts_at + length;
    return kinds(clashes(plan));
  };
  EXPECT_THAT(lasting(hours(4)), IsEmpty());
  EXPECT_THAT(lasting(hours(5)), ElementsAre(Kind::too_long));
  plan.meeting.kind = "training";
  EXPECT_THAT(lasting(hours(33)), IsEmpty()) << "two working days with a night between";
  plan.meeting.kind = "gặp mặt";
  EXPECT_THAT(lasting(hours(12)), IsEmpty()) << "no rule is known for it";
}

TEST(Clashes, tells_of_an_agenda_that_does_not_fit_and_of_speakers_who_do_not_come) {
  const auto plan = meeting("a", "HD", "HD-SNV", {"HD-288"});
  const auto item = [](const char* speaker, int minutes) {
    return AgendaItem{0, "x", UnitCode(speaker), minutes, 0};
  };
  EXPECT_THAT(clashes(plan, {}, {item("HD", 60), item("HD-SNV", 60), item("HD-288", 60)}),
              IsEmpty());
  const auto found = clashes(plan, {}, {item("HD-290", 100), item("HD-290", 81), item("", 0)});
  ASSERT_EQ(kinds(found), (std::vector{Kind::agenda_over, Kind::speaker}));
  EXPECT_EQ(found[0].count, 181u);
  EXPECT_EQ(found[0].limit, 180u);
  EXPECT_THAT(found[1].units, ElementsAre(UnitCode("HD-290")));
}

}  // namespace
}  // namespace diemcau::mcu
