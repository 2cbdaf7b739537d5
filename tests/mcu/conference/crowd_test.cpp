// What a crowd that arrives at once may cost: messages, rounds and places.

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "mcu/conference/batching.hpp"
#include "mcu/conference/ended_visits.hpp"
#include "mcu/conference/lost_sites.hpp"
#include "mcu/conference/pages.hpp"
#include "mcu/conference/places.hpp"
#include "tests/mcu/conference/meeting_fixture.hpp"

namespace diemcau::mcu {
namespace {

using namespace std::chrono_literals;

class RecordedPage final : public SignalChannel {
 public:
  void send(std::shared_ptr<const std::string> json) override { received.push_back(json); }
  void close(int, const std::string&, const std::string&) override { closed = true; }
  std::vector<std::string> types() const {
    std::vector<std::string> out;
    for (const auto& text : received)
      out.emplace_back(boost::json::parse(*text).at("type").as_string());
    return out;
  }
  std::vector<std::shared_ptr<const std::string>> received;
  bool closed = false;
};

TEST(Batching, acts_at_once_after_a_quiet_gap_and_once_for_all_who_ask_within_it) {
  Batching batching(100ms);
  TimePoint now{};
  ASSERT_TRUE(batching.ask(now));
  batching.done(now);
  int rounds = 0;
  for (int arrival = 0; arrival < 266; ++arrival) {
    now += 3760us;
    if (!batching.ask(now)) continue;
    batching.done(now);
    ++rounds;
  }
  EXPECT_GE(rounds, 8);
  EXPECT_LE(rounds, 10);
}

TEST(Batching, remembers_who_asked_until_the_gap_is_over) {
  Batching batching(100ms);
  TimePoint now{};
  batching.done(now);
  EXPECT_FALSE(batching.due(now + 1s)) << "nobody asked";
  EXPECT_FALSE(batching.ask(now + 99ms));
  EXPECT_TRUE(batching.due(now + 100ms));
}

TEST(Places, are_held_by_a_seat_until_the_last_of_its_connections_lets_go) {
  Places places(2);
  auto one = places.take();
  const auto two = places.take();
  ASSERT_TRUE(one && two);
  EXPECT_FALSE(places.take());
  auto taken_over = one;
  one.reset();
  EXPECT_FALSE(places.take()) << "whoever took the seat over sits there";
  taken_over.reset();
  EXPECT_TRUE(places.take());
}

TEST(LostSites, keep_a_tile_dimmed_until_its_time_is_over_or_it_is_back) {
  LostSites lost;
  StageSite a, b;
  a.seat = "a";
  b.seat = "b";
  lost.keep(a, TimePoint{} + 20s);
  lost.keep(b, TimePoint{} + 30s);
  std::vector<StageSite> shown;
  lost.add_to(shown);
  ASSERT_EQ(shown.size(), 2u);
  EXPECT_TRUE(shown[0].lost);
  EXPECT_TRUE(lost.take("b").has_value());
  EXPECT_FALSE(lost.take("b").has_value());
  EXPECT_TRUE(lost.take_expired(TimePoint{} + 19s).empty());
  EXPECT_EQ(lost.take_expired(TimePoint{} + 20s).size(), 1u);
}

using PagesTest = MeetingFixture;

TEST_F(PagesTest, tell_a_whole_crowd_of_changes_in_one_message_of_one_text) {
  Pages pages;
  const auto one = std::make_shared<RecordedPage>(), two = std::make_shared<RecordedPage>();
  pages.open(one, {});
  pages.open(two, {"", "", true});
  for (const auto& row : roster.rows())
    roster.change(row.seat, [](auto& r) { r.state = "connected"; });
  pages.tell_changed_sites(roster);
  pages.tell_changed_sites(roster);
  ASSERT_EQ(one->types(), std::vector<std::string>{"sites"});
  EXPECT_EQ(boost::json::parse(*one->received[0]).at("sites").as_array().size(),
            roster.rows().size());
  EXPECT_EQ(one->received[0], two->received[0]) << "the same text, not a copy";
}

TEST_F(PagesTest, say_nothing_twice_and_to_managers_what_is_theirs) {
  Pages pages;
  const auto site = std::make_shared<RecordedPage>(), chair = std::make_shared<RecordedPage>();
  pages.open(site, {});
  pages.open(chair, {"", "", true});
  pages.tell_speaking({"a"});
  pages.tell_speaking({"a"});
  pages.tell_second("a");
  pages.tell_second("a");
  pages.tell_managers(signaling::LoadChanged{});
  EXPECT_EQ(site->types(), (std::vector<std::string>{"speaking", "second"}));
  EXPECT_EQ(chair->types(), (std::vector<std::string>{"speaking", "second", "load"}));
  pages.close(site);
  pages.close_all(1001, "server.stopping", "");
  EXPECT_FALSE(site->closed);
  EXPECT_TRUE(chair->closed);
  EXPECT_TRUE(pages.empty());
}

TEST_F(PagesTest, close_every_page_of_who_is_signed_out_and_no_other_of_the_same_seat) {
  Pages pages;
  const auto hall = std::make_shared<RecordedPage>(), second = std::make_shared<RecordedPage>(),
             other = std::make_shared<RecordedPage>();
  pages.open(hall, {"HD-1/site", "token:a", false});
  pages.open(second, {"HD-1/site", "token:a", false});
  pages.open(other, {"HD-1/site", "device:a", false});
  pages.close_owner("token:a", 4401, "auth.no_session", "");
  EXPECT_TRUE(hall->closed);
  EXPECT_TRUE(second->closed);
  EXPECT_FALSE(other->closed);
}

TEST(EndedVisits, know_who_was_signed_out_by_account_token_or_device_up_to_their_bound) {
  EndedVisits ended(2);
  signaling::Identity token, device, account;
  token.token_id = device.device = "x";
  account.account = AccountId("x");
  ended.add(signaling::owner_key(token));
  ended.add(signaling::owner_key(token));
  EXPECT_TRUE(ended.contains(token));
  EXPECT_FALSE(ended.contains(device));
  EXPECT_FALSE(ended.contains(account));
  ended.add(signaling::owner_key(device));
  EXPECT_TRUE(ended.contains(token)) << "told twice it takes one place";
  ended.add(signaling::owner_key(account));
  EXPECT_FALSE(ended.contains(token)) << "the oldest goes";
  EXPECT_TRUE(ended.contains(device));
  EXPECT_TRUE(ended.contains(account));
}

}  // namespace
}  // namespace diemcau::mcu
