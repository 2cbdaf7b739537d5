#include "mcu/conference/site_help.hpp"

#include <gtest/gtest.h>

namespace diemcau::mcu {
namespace {

using signaling::HelpKind;

const SeatFacts kFacts{[](const std::string& seat) { return seat != "HD-9/site"; },
                       [](const std::string& seat) { return seat != "HD-2/site"; },
                       [](const std::string&) { return true; }};

class SiteHelpTest : public ::testing::Test {
 protected:
  static Actor manager(const std::string& seat = "HD/secretary") {
    Actor actor{seat};
    actor.seated = actor.manages = true;
    return actor;
  }
  static Actor site() {
    Actor actor{"HD-1/site"};
    actor.seated = true;
    return actor;
  }
  /// What is written to the log, or why not.
  std::string decide(const Actor& actor, HelpKind kind, const std::string& seat = "HD-1/site",
                     const std::string& text = "") {
    const auto sent = help.decide({1, kind, seat, text}, actor, kFacts, now);
    if (!sent) return sent.error().code;
    EXPECT_EQ(sent->event.kind, "help.sent");
    EXPECT_EQ(sent->event.actor, actor.seat);
    return sent->event.data;
  }

  SiteHelp help;
  TimePoint now{std::chrono::hours(1)};
};

TEST_F(SiteHelpTest, is_sent_by_who_manages_the_meeting_to_a_page_that_is_open) {
  for (const auto kind : {HelpKind::tone, HelpKind::recheck, HelpKind::message}) {
    EXPECT_EQ(decide(site(), kind, "HD-1/site", "x"), "auth.forbidden");
    EXPECT_EQ(decide(Actor{"HD-1/viewer"}, kind, "HD-1/site", "x"), "auth.forbidden");
    EXPECT_EQ(decide(manager(), kind, "HD-9/site", "x"), "seat.not_found");
    EXPECT_EQ(decide(manager(), kind, "HD-2/site", "x"), "site.not_connected");
  }
  EXPECT_EQ(decide(manager(), HelpKind::tone), R"({"seat":"HD-1/site","kind":"tone"})");
  EXPECT_EQ(decide(manager(), HelpKind::recheck, "HD-1/site", "left out"),
            R"({"seat":"HD-1/site","kind":"recheck"})");
}

TEST_F(SiteHelpTest, words_for_a_screen_are_text_of_at_most_three_hundred_characters) {
  const auto say = [this](const std::string& text) {
    now += std::chrono::minutes(1);
    return decide(manager(), HelpKind::message, "HD-1/site", text);
  };
  EXPECT_EQ(say("<b>a</b>\u202E\r\nb"),
            R"({"seat":"HD-1/site","kind":"message","text":"<b>a</b>\nb"})");
  EXPECT_EQ(say(" \n "), "text.empty");
  EXPECT_EQ(say("\u202E"), "text.empty");
  EXPECT_EQ(say("a\x1b[31m"), "text.bad_character");
  EXPECT_EQ(say("\xff"), "text.bad_character");
  std::string most;
  for (int i = 0; i < 300; ++i) most += "ệ";
  EXPECT_NE(say(most), "help.too_long");
  EXPECT_EQ(say(most + "x"), "help.too_long");
}

TEST_F(SiteHelpTest, one_seat_bears_six_at_once_and_then_one_in_five_seconds) {
  int taken = 0;
  for (int i = 0; i < 10; ++i)
    taken += decide(manager(i % 2 == 0 ? "HD/chair" : "HD/secretary"), HelpKind::tone) !=
             "help.too_often";
  EXPECT_EQ(taken, 6) << "whoever sends";
  EXPECT_NE(decide(manager(), HelpKind::tone, "HD-3/site"), "help.too_often") << "each its own";
  now += std::chrono::seconds(5);
  EXPECT_NE(decide(manager(), HelpKind::tone), "help.too_often");
  EXPECT_EQ(decide(manager(), HelpKind::tone), "help.too_often");
}

TEST_F(SiteHelpTest, one_sender_reaches_twenty_at_once_and_then_one_a_second) {
  const auto to = [this](int number) {
    return decide(manager(), HelpKind::tone, "HD-" + std::to_string(100 + number) + "/site");
  };
  int taken = 0;
  for (int i = 0; i < 30; ++i) taken += to(i) != "help.too_often";
  EXPECT_EQ(taken, 20);
  now += std::chrono::seconds(1);
  EXPECT_NE(to(40), "help.too_often");
  EXPECT_EQ(to(41), "help.too_often");
}

}  // namespace
}  // namespace diemcau::mcu
