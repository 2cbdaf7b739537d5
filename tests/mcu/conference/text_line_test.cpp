#include "mcu/conference/text_line.hpp"

#include <gmock/gmock.h>

namespace diemcau::mcu {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const SeatFacts kFacts{[](const std::string& seat) { return seat == "HD-1/site"; },
                       [](const std::string&) { return true; },
                       [](const std::string&) { return true; }};

class TextLineTest : public ::testing::Test {
 protected:
  static Actor site(const std::string& seat = "HD-1/site") {
    Actor actor{seat};
    actor.seated = true;
    return actor;
  }
  static Actor secretary() {
    Actor actor{"HD/secretary"};
    actor.seated = actor.manages = true;
    return actor;
  }
  static Actor viewer() { return Actor{"HD-1/viewer"}; }

  std::string decide(const Actor& actor, const std::string& to, const std::string& text) {
    const auto event = line.decide({1, to, text}, actor, "Tên", kFacts, now);
    return event ? event->data : event.error().code;
  }
  void tell(const Actor& actor, const std::string& to, const std::string& text) {
    auto event = line.decide({1, to, text}, actor, "Tên", kFacts, now += std::chrono::seconds(5));
    ASSERT_TRUE(event) << event.error().detail;
    Event entry;
    entry.seq = ++seq;
    entry.actor = event->actor;
    entry.kind = event->kind;
    entry.data = event->data;
    line.apply(entry);
  }
  std::vector<std::string> read(const std::string& seat, bool manages) {
    std::vector<std::string> out;
    for (const auto& text : line.kept_for(seat, manages)) out.push_back(text.text);
    return out;
  }

  TextLine line;
  TimePoint now{std::chrono::hours(1)};
  std::int64_t seq = 0;
};

TEST_F(TextLineTest, says_for_each_who_writes_to_whom) {
  const std::string no = "auth.forbidden";
  for (const char* to : {"HD-1/site", "all", "HD-2/site"}) {
    EXPECT_EQ(decide(site(), to, "x"), no) << to;
    EXPECT_EQ(decide(viewer(), to, "x"), no) << to;
  }
  EXPECT_EQ(decide(viewer(), "secretariat", "x"), no);
  EXPECT_EQ(decide(site(), "secretariat", "x"), R"({"to":"secretariat","name":"Tên","text":"x"})");
  EXPECT_EQ(decide(secretary(), "HD-1/site", "x"), R"({"to":"HD-1/site","name":"Tên","text":"x"})");
  EXPECT_EQ(decide(secretary(), "all", "x"), R"({"to":"all","name":"Tên","text":"x"})");
  EXPECT_EQ(decide(secretary(), "HD-2/site", "x"), "seat.not_found");
}

TEST_F(TextLineTest, is_read_by_those_whom_it_concerns_alone) {
  tell(site("HD-1/site"), "secretariat", "một");
  tell(secretary(), "HD-1/site", "trả lời một");
  tell(site("HD-2/site"), "secretariat", "hai");
  tell(secretary(), "all", "tất cả");
  EXPECT_THAT(read("HD-1/site", false), ElementsAre("một", "trả lời một", "tất cả"));
  EXPECT_THAT(read("HD-2/site", false), ElementsAre("hai", "tất cả"));
  EXPECT_THAT(read("HD/chair", true), ElementsAre("một", "trả lời một", "hai", "tất cả"));
  EXPECT_THAT(read("", false), ElementsAre("tất cả"));
}

TEST_F(TextLineTest, takes_out_what_turns_text_about_and_refuses_controls) {
  EXPECT_EQ(decide(site(), "secretariat", "a\u202Eb\u200Bc\r\nd"),
            R"({"to":"secretariat","name":"Tên","text":"abc\nd"})");
  EXPECT_EQ(decide(site(), "secretariat", std::string("a\0b", 3)), "text.bad_character");
  EXPECT_EQ(decide(site(), "secretariat", "a\x1b[31m"), "text.bad_character");
  EXPECT_EQ(decide(site(), "secretariat", "\xff"), "text.bad_character");
  EXPECT_EQ(decide(site(), "secretariat", " \n "), "text.empty");
  EXPECT_EQ(decide(site(), "secretariat", "\u202E"), "text.empty");
  EXPECT_EQ(decide(site(), "secretariat", "<script>alert(1)</script>"),
            R"({"to":"secretariat","name":"Tên","text":"<script>alert(1)</script>"})")
      << "markup is text";
}

TEST_F(TextLineTest, counts_characters_and_not_bytes) {
  std::string most;
  for (int i = 0; i < 2000; ++i) most += "ệ";
  EXPECT_NE(decide(site(), "secretariat", most), "text.too_long");
  EXPECT_EQ(decide(site(), "secretariat", most + "x"), "text.too_long");
}

TEST_F(TextLineTest, bears_so_many_from_one_seat_and_then_one_every_two_seconds) {
  int taken = 0;
  for (int i = 0; i < 30; ++i) taken += decide(site(), "secretariat", "x") != "text.too_often";
  EXPECT_EQ(taken, 10);
  EXPECT_NE(decide(site("HD-2/site"), "secretariat", "x"), "text.too_often") << "each its own";
  now += std::chrono::seconds(2);
  EXPECT_NE(decide(site(), "secretariat", "x"), "text.too_often");
  EXPECT_EQ(decide(site(), "secretariat", "x"), "text.too_often");
}

TEST_F(TextLineTest, keeps_the_last_hundred_and_nothing_but_texts) {
  for (int i = 0; i < 120; ++i) tell(site(), "secretariat", std::to_string(i));
  line.apply({500, {}, "HD/chair", "stage.changed", R"({"text":"x"})"});
  line.apply({501, {}, "HD/chair", "text.sent", "not json"});
  EXPECT_EQ(line.kept().size(), TextLine::kKept);
  EXPECT_EQ(line.kept().front().text, "20");
  EXPECT_EQ(line.kept().back().seq, 120);
}

}  // namespace
}  // namespace diemcau::mcu
