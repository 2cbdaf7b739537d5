#include "mcu/meetings/links/link_store.hpp"

#include <gtest/gtest.h>
#include <soci/soci.h>

#include "base/events/event_log.hpp"
#include "signaling/auth/account_store.hpp"
#include "signaling/auth/session_store.hpp"
#include "tests/base/storage/testing/database_test.hpp"

namespace diemcau::mcu {
namespace {

using namespace std::chrono_literals;

class LinkStoreOn : public diemcau::testing::DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (!database_) return;
    for (const auto* schema :
         {&EventLog::schema(), &signaling::AccountStore::schema(), &LinkStore::schema()})
      ASSERT_TRUE(database_->migrate(*schema));
    tokens_ = std::make_unique<signaling::TokenStore>(*database_, clock_);
    links_ = std::make_unique<LinkStore>(*database_, *tokens_, clock_);
  }
  MadeLink make(const std::string& unit = "HD-1") {
    const std::vector<LinkedUnit> units{{UnitCode(unit), "Xã " + unit}};
    return links_->make(meeting_, units, "account:thuky").value().front();
  }
  Result<LinkStore::Opened> open(const MadeLink& link, const std::string& pin) {
    return links_->open(link.secret, pin, "10.0.0.1", 8h);
  }
  static std::string wrong(const MadeLink& link) {
    return link.pin == "000000" ? "000001" : "000000";
  }
  std::string code_of(const Result<LinkStore::Opened>& opened) {
    return opened ? "" : opened.error().code;
  }
  const MeetingId meeting_{"hoinghi"};
  std::unique_ptr<signaling::TokenStore> tokens_;
  std::unique_ptr<LinkStore> links_;
};

TEST_P(LinkStoreOn, opens_the_seat_of_its_unit_in_its_meeting_and_nothing_else) {
  const auto link = make();
  const auto opened = open(link, link.pin).value();
  const auto token = opened.token.value();
  EXPECT_EQ(token.role, signaling::Role::site);
  EXPECT_EQ(token.meeting, meeting_);
  EXPECT_EQ(token.unit, UnitCode("HD-1"));
  EXPECT_EQ(token.name, "Xã HD-1");
  EXPECT_EQ(code_of(open(link, wrong(link))), "link.wrong_pin");
  EXPECT_EQ(links_->list(meeting_).value().front().wrong_pins, 1);
  EXPECT_TRUE(links_->list(meeting_).value().front().opened_at);
}

TEST_P(LinkStoreOn, keeps_neither_link_nor_pin_in_the_clear_and_none_in_the_log) {
  const auto link = make();
  std::string hash, pin;
  ASSERT_TRUE(database_->run([&](soci::session& session) {
    session << "SELECT secret_hash, pin_hash FROM seat_links", soci::into(hash), soci::into(pin);
  }));
  EXPECT_EQ(hash.find(link.secret), std::string::npos);
  EXPECT_EQ(pin.find(link.pin), std::string::npos);
  ASSERT_TRUE(links_->renew_pin(meeting_, UnitCode("HD-1"), "account:thuky"));
  ASSERT_TRUE(links_->revoke(meeting_, UnitCode("HD-1"), "account:thuky"));
  std::vector<std::string> kinds;
  const EventLog log(*database_, clock_);
  for (const auto& event : log.read(meeting_).value()) {
    kinds.push_back(event.kind);
    EXPECT_EQ(event.data.find(link.secret), std::string::npos);
    EXPECT_EQ(event.data.find(link.pin), std::string::npos);
  }
  EXPECT_EQ(kinds, (std::vector<std::string>{"links.made", "link.pin_renewed", "link.revoked"}));
}

TEST_P(LinkStoreOn, renewing_revoking_and_the_meeting_s_end_sign_out_who_came_in_by_it) {
  signaling::SessionStore sessions(*database_, clock_);
  const auto sign_in = [&](const MadeLink& link) {
    const auto opened = open(link, link.pin).value();
    return sessions.create(opened.token.value()).value();
  };
  auto link = make();
  const auto first = sign_in(link), second = sign_in(link);
  EXPECT_TRUE(sessions.resolve(first)) << "a second device of the same hall signs nobody out";
  const auto come_in_by = sessions.resolve(first).value().token_id;
  const auto renewed = links_->renew_pin(meeting_, UnitCode("HD-1"), "x").value();
  EXPECT_EQ(renewed.ended, come_in_by);
  EXPECT_FALSE(sessions.resolve(first));
  EXPECT_FALSE(sessions.resolve(second));
  EXPECT_EQ(renewed.link.unit, UnitCode("HD-1"));
  if (renewed.pin != link.pin) {
    EXPECT_EQ(code_of(open(link, link.pin)), "link.wrong_pin");
  }
  link.pin = renewed.pin;
  const auto third = sign_in(link);
  const auto replaced = sessions.resolve(third).value().token_id;
  auto anew = make();
  EXPECT_EQ(anew.ended, replaced);
  EXPECT_EQ(code_of(open(link, link.pin)), "link.unknown");
  EXPECT_FALSE(sessions.resolve(third));
  const auto fourth = sign_in(anew);
  const auto leave_by = sessions.resolve(fourth).value().token_id;
  EXPECT_EQ(links_->revoke(meeting_, UnitCode("HD-1"), "x").value(), leave_by);
  EXPECT_FALSE(sessions.resolve(fourth));
  EXPECT_EQ(code_of(open(anew, anew.pin)), "link.unknown");
  EXPECT_FALSE(links_->revoke(meeting_, UnitCode("HD-1"), "x"));
  anew = make();
  EXPECT_EQ(anew.ended, "") << "nobody had come";
  const auto fifth = sign_in(anew);
  ASSERT_TRUE(links_->end(meeting_));
  EXPECT_FALSE(sessions.resolve(fifth));
  EXPECT_EQ(code_of(open(anew, anew.pin)), "link.unknown");
}

TEST_P(LinkStoreOn, stops_looking_at_pins_after_five_wrong_ones_also_at_the_right_one) {
  const auto link = make();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(code_of(open(link, wrong(link))), "link.wrong_pin");
  const auto locked = open(link, link.pin).value();
  EXPECT_FALSE(locked.token);
  EXPECT_EQ(locked.wait, 60s);
  EXPECT_TRUE(links_->open(link.secret, link.pin, "10.0.0.2", 8h).value().token)
      << "another address is another matter";
  clock_.advance(60s);
  EXPECT_TRUE(open(link, link.pin).value().token);
}

TEST_P(LinkStoreOn, lets_two_computers_of_a_hall_in_whichever_comes_first_and_for_as_long) {
  signaling::SessionStore sessions(*database_, clock_);
  const auto link = make();
  // Both have shown their PIN before either has its session.
  const auto first = open(link, link.pin).value(), second = open(link, link.pin).value();
  EXPECT_EQ(first.token->id, second.token->id);
  const auto one = sessions.create(*first.token).value(),
             other = sessions.create(*second.token).value();
  EXPECT_TRUE(sessions.resolve(one));
  EXPECT_TRUE(sessions.resolve(other));
  clock_.advance(7h);
  const auto third = links_->open(link.secret, link.pin, "10.0.0.3", 8h).value();
  EXPECT_EQ(third.token->expires_at, clock_.wall() + 8h);
  clock_.advance(2h);
  EXPECT_TRUE(sessions.resolve(one)) << "who comes later lets those before him stay as long";
  EXPECT_EQ(links_->open(link.secret, link.pin, "10.0.0.4", 1h).value().token->expires_at,
            third.token->expires_at)
      << "and nobody makes it end sooner";
  EXPECT_EQ(tokens_->list(meeting_).value().size(), 1u);
}

TEST_P(LinkStoreOn, takes_no_malformed_link_and_makes_few_at_once) {
  const std::string long_secret(100'000, 'x');
  for (const std::string& secret :
       {std::string(), std::string("x"), long_secret, std::string(43, '\0'), std::string(43, '\'')})
    EXPECT_EQ(links_->find(secret).error().code, "link.unknown");
  const std::vector<LinkedUnit> many(26, {UnitCode("HD-1"), "x"});
  EXPECT_EQ(links_->make(meeting_, many, "x").error().code, "link.too_many");
  EXPECT_EQ(links_->make(meeting_, {}, "x").error().code, "link.too_many");
  EXPECT_TRUE(links_->list(meeting_).value().empty());
}

DIEMCAU_BOTH_BACK_ENDS(LinkStoreOn);

TEST(LinksOfAMeeting, are_good_until_it_is_closed_or_a_day_past_its_plan) {
  const WallTime start{std::chrono::hours(1'000'000)};
  struct Row {
    MeetingState state;
    std::chrono::hours after;
    bool good;
  };
  for (const auto& row :
       {Row{MeetingState::draft, -1000h, true}, Row{MeetingState::invited, 25h, true},
        Row{MeetingState::invited, 27h, false}, Row{MeetingState::lobby, 50h, true},
        Row{MeetingState::open, 50h, true}, Row{MeetingState::adjourned, 50h, true},
        Row{MeetingState::closed, 0h, false}}) {
    Meeting meeting;
    meeting.state = row.state;
    meeting.starts_at = start;
    meeting.ends_at = start + 2h;
    EXPECT_EQ(links_are_good(meeting, start + row.after), row.good)
        << name_of(row.state) << row.after.count();
  }
  EXPECT_TRUE(links_are_good(Meeting{}, start)) << "without a time";
}

}  // namespace
}  // namespace diemcau::mcu
