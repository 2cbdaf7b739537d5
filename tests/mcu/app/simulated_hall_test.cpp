#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mcu/app/simulate/hall.hpp"
#include "mcu/app/simulate/site_choice.hpp"

namespace diemcau::mcu {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kWelcome =
    R"({"type":"welcome","self":{"seat":"HD-300/site"},"attendance":[],"control":{}})";
constexpr const char* kRollCall = R"({"type":"control","roll_call":{"state":"open","tour":null}})";

std::vector<std::string> hear(Hall& hall, const std::string& message) {
  std::vector<std::string> said;
  for (const auto& each : hall.hear(boost::json::parse(message)))
    said.push_back(boost::json::serialize(each));
  return said;
}
void come_in(Hall& hall) {
  hear(hall, kWelcome);
  hear(hall, R"({"type":"joined","id":1})");
}
std::string vote(int number, const char* state, const char* voted = "", const char* by = "site") {
  return R"({"type":"control","vote":{"number":)" + std::to_string(number) + R"(,"state":")" +
         state + R"(","by":")" + by + R"(","voted":[)" + voted + "]}}";
}
std::string floor_of(const char* seat) {
  return R"({"type":"control","floor":{"holder":{"seat":")" + std::string(seat) +
         R"("},"queue":[]}})";
}

TEST(SimulatedHall, answers_each_roll_call_once) {
  Hall hall(0, false);
  come_in(hall);
  EXPECT_THAT(hear(hall, kRollCall), ElementsAre(HasSubstr(R"("presence":"head")")));
  EXPECT_THAT(hear(hall, kRollCall), IsEmpty());
  hear(hall, R"({"type":"control","roll_call":{"state":"closed","tour":null}})");
  EXPECT_THAT(hear(hall, kRollCall), SizeIs(1)) << "called again";
}

TEST(SimulatedHall, sends_a_substitute_from_every_sixth_hall) {
  Hall hall(5, false);
  come_in(hall);
  EXPECT_THAT(hear(hall, kRollCall), ElementsAre(HasSubstr(R"("presence":"substitute")")));
}

TEST(SimulatedHall, says_nothing_before_it_is_inside_and_what_was_asked_then_when_it_is) {
  Hall hall(0, true);
  hear(hall, kWelcome);
  EXPECT_THAT(hear(hall, kRollCall), IsEmpty());
  EXPECT_THAT(hear(hall, R"({"type":"joined","id":1})"),
              ElementsAre(HasSubstr("floor.request"), HasSubstr("roll_call.answer")));
}

TEST(SimulatedHall, back_from_a_cut_it_knows_what_it_answered) {
  Hall hall(0, true);
  come_in(hall);
  hear(hall, kRollCall);
  hear(hall,
       R"({"type":"welcome","self":{"seat":"HD-300/site"},
           "attendance":[{"seat":"HD-300/site","presence":"head"}],
           "control":{"roll_call":{"state":"open","tour":null}}})");
  EXPECT_THAT(hear(hall, R"({"type":"joined","id":1})"), IsEmpty()) << "and asks no second time";
}

TEST(SimulatedHall, casts_one_ballot_in_each_vote) {
  Hall hall(3, false);
  come_in(hall);
  EXPECT_THAT(hear(hall, vote(1, "open")), ElementsAre(HasSubstr(R"("disagree":1)")));
  EXPECT_THAT(hear(hall, vote(1, "open", R"("HD/chair")")), IsEmpty());
  EXPECT_THAT(hear(hall, vote(1, "announced")), IsEmpty());
  EXPECT_THAT(hear(hall, vote(2, "open", R"("HD-300/site")")), IsEmpty()) << "before the cut";
  EXPECT_THAT(hear(hall, vote(3, "open", "", "delegate")),
              ElementsAre(HasSubstr(R"("disagree":3)")));
}

TEST(SimulatedHall, has_the_floor_while_it_is_its_own) {
  Hall hall(0, false);
  come_in(hall);
  hear(hall, floor_of("HD-300/site"));
  EXPECT_TRUE(hall.has_floor());
  hear(hall, floor_of("HD-11254/site"));
  EXPECT_FALSE(hall.has_floor());
  hear(hall, floor_of("HD-300/site"));
  hear(hall, R"({"type":"control","floor":{"holder":null,"queue":[]}})");
  EXPECT_FALSE(hall.has_floor());
}

TEST(SimulatedHall, hears_nonsense_in_silence) {
  Hall hall(0, true);
  come_in(hall);
  for (const auto* message : {"[]", "1", R"({"type":7})", R"({"type":"control","vote":3})",
                              R"({"type":"control","vote":{"number":"x","state":"closed"}})",
                              R"({"type":"control","floor":{"holder":1}})"})
    EXPECT_THAT(hear(hall, message), IsEmpty()) << message;
}

TEST(SiteChoice, takes_the_first_expected_units_but_those_left_to_people) {
  const std::vector<UnitCode> expected{UnitCode("HD"), UnitCode("HD-SNV"), UnitCode("HD-300"),
                                       UnitCode("HD-288")};
  EXPECT_THAT(*choose_sites(expected, {UnitCode("HD"), UnitCode("HD-300")}, 2),
              ElementsAre(UnitCode("HD-SNV"), UnitCode("HD-288")));
  EXPECT_THAT(*choose_sites(expected, {}, 9), SizeIs(4));
  EXPECT_THAT(*choose_sites(expected, {}, 1), ElementsAre(UnitCode("HD")));
  EXPECT_EQ(choose_sites(expected, {UnitCode("HD-1")}, 2).error().code, "simulate.not_expected");
}

}  // namespace
}  // namespace diemcau::mcu
