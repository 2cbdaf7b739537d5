#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "signaling/messages.hpp"

namespace diemcau::signaling {
namespace {

std::string code_of(const std::string& text) {
  const auto parsed = parse_client_message(text);
  return parsed ? "accepted" : parsed.error().code;
}

TEST(ControlMessage, is_read_with_every_field) {
  const auto call =
      parse_client_message(R"({"type":"floor.call","id":3,"seat":"HD-1/site","seconds":300})");
  ASSERT_TRUE(call);
  const auto& floor = std::get<FloorCommand>(*call);
  EXPECT_EQ(floor.verb, FloorVerb::call);
  EXPECT_EQ(floor.seat, "HD-1/site");
  EXPECT_EQ(floor.seconds, 300);

  const auto mark = parse_client_message(
      R"({"type":"roll_call.mark","id":1,"seat":"HD-1/site","presence":"substitute",)"
      R"("person":"Nguyễn Thị A","position":"Phó Chủ tịch","reason":""})");
  ASSERT_TRUE(mark);
  const auto& roll = std::get<RollCallCommand>(*mark);
  EXPECT_EQ(roll.presence, Presence::substitute);
  EXPECT_EQ(roll.person, "Nguyễn Thị A");
  EXPECT_EQ(roll.reason, "");

  const auto go = parse_client_message(R"({"type":"agenda.go","id":1,"item":4})");
  ASSERT_TRUE(go);
  EXPECT_EQ(std::get<AgendaCommand>(*go).item, 4);
}

TEST(ControlMessage, every_verb_has_its_type) {
  for (const char* type :
       {"floor.request", "floor.withdraw", "floor.end", "agenda.next", "roll_call.open",
        "roll_call.stop_tour", "roll_call.close", "room.admit_expected", "room.lock", "room.unlock",
        "room.mute_all", "room.unmute_all"})
    EXPECT_EQ(code_of(std::string(R"({"type":")") + type + R"(","id":1})"), "accepted") << type;
  for (const char* type : {"floor.call", "floor.decline", "room.admit", "room.remove",
                           "room.restore", "room.delegate", "room.withdraw"}) {
    const std::string head = std::string(R"({"type":")") + type + R"(","id":1)";
    EXPECT_EQ(code_of(head + R"(,"seat":"HD-1/site"})"), "accepted") << type;
    EXPECT_EQ(code_of(head + "}"), "message.malformed") << type;
  }
  for (const char* type :
       {"floor.", "floor.take", "agenda.back", "room", "roll_call.vote", "vote.count", "."})
    EXPECT_EQ(code_of(std::string(R"({"type":")") + type + R"(","id":1})"), "message.unknown_type");
}

TEST(ControlMessage, holds_only_what_a_name_may_hold) {
  const auto answer = [](const std::string& person) {
    return code_of(R"({"type":"roll_call.answer","id":1,"presence":"head","person":)" + person +
                   "}");
  };
  EXPECT_EQ(answer(R"("<b>Nguyễn</b>")"), "accepted") << "markup is text";
  EXPECT_EQ(answer(R"("a\u202Eb")"), "message.malformed");
  EXPECT_EQ(answer(R"("a\nb")"), "message.malformed");
  EXPECT_EQ(answer("\"" + std::string(10'000, 'a') + "\""), "message.malformed");
  EXPECT_EQ(answer("7"), "message.malformed");
}

TEST(ControlMessage, is_bounded) {
  for (const char* text :
       {R"({"type":"floor.extend","id":1,"seconds":0})",
        R"({"type":"floor.extend","id":1,"seconds":14401})",
        R"({"type":"floor.call","id":1,"seat":"s","seconds":-1})",
        R"({"type":"roll_call.tour","id":1,"seconds":121})",
        R"({"type":"roll_call.answer","id":1,"presence":"asleep"})",
        R"({"type":"agenda.go","id":1,"item":201})",
        R"({"type":"floor.reorder","id":1,"seats":"all"})", R"({"type":"floor.request"})"})
    EXPECT_EQ(code_of(text), "message.malformed") << text;
  std::string seats = R"({"type":"floor.reorder","id":1,"seats":["s")";
  for (int i = 0; i < 300; ++i) seats += R"(,"s")";
  EXPECT_EQ(code_of(seats + "]}"), "message.malformed");
}

TEST(ControlMessage, a_vote_has_a_question_and_a_ballot_has_counts) {
  const auto vote = parse_client_message(
      R"({"type":"vote.open","id":1,"question":"Thông qua?","secret":true,"by":"delegate","quorum":50})");
  ASSERT_TRUE(vote);
  EXPECT_TRUE(std::get<VoteCommand>(*vote).secret);
  EXPECT_TRUE(std::get<VoteCommand>(*vote).by_delegate);
  EXPECT_EQ(code_of(R"({"type":"vote.cast","id":1,"agree":1,"disagree":0,"other":0})"), "accepted");
  for (const char* text :
       {R"({"type":"vote.open","id":1,"question":"","secret":true,"by":"site","quorum":50})",
        R"({"type":"vote.open","id":1,"question":"a","secret":true,"by":"person","quorum":50})",
        R"({"type":"vote.open","id":1,"question":"a","secret":true,"by":"site","quorum":101})",
        R"({"type":"vote.cast","id":1,"agree":-1,"disagree":0,"other":0})",
        R"({"type":"vote.cast","id":1,"agree":1001,"disagree":0,"other":0})"})
    EXPECT_EQ(code_of(text), "message.malformed") << text;
}

TEST(ControlMessage, tells_only_the_sections_it_has) {
  ControlView view;
  view.floor = FloorView{FloorView::Holder{"HD-1/site", 1500, 300'000}, {{"HD-2/site", 20}}};
  const auto json = boost::json::parse(to_json(ControlChanged{view}));
  EXPECT_EQ(json.at("type"), "control");
  EXPECT_EQ(json.at("floor").at("holder").at("elapsed"), 1500);
  EXPECT_EQ(json.at("floor").at("queue").at(0).at("seat"), "HD-2/site");
  EXPECT_FALSE(json.as_object().contains("room"));
}

}  // namespace
}  // namespace diemcau::signaling
