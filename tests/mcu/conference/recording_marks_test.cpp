#include "mcu/conference/recording_marks.hpp"

#include <gmock/gmock.h>

namespace diemcau::mcu {
namespace {

using testing::ElementsAre;

const MarkContext kContext{3, "Thông qua nghị quyết?", [](const std::string& seat) {
                             return Speaker{seat.substr(0, seat.find('/')), "Đơn vị " + seat};
                           }};

std::vector<std::string> said(const std::vector<recording::Mark>& marks) {
  std::vector<std::string> out;
  for (const auto& mark : marks)
    out.push_back(mark.kind + "|" + mark.text + "|" + mark.unit + "|" + std::to_string(mark.item));
  return out;
}

TEST(RecordingMarks, a_call_by_the_agenda_marks_the_item_and_who_speaks_to_it) {
  const Actor chair{"HD/chair", true, true, true};
  const Events events{event(chair, "agenda.moved", {{"item", 12}, {"title", "Tham luận"}}),
                      event(chair, "floor.ended", {{"seat", "HD-SNV/site"}}),
                      event(chair, "floor.given", {{"seat", "HD-300/site"}, {"seconds", 300}})};
  EXPECT_THAT(said(marks_of(events, kContext)),
              ElementsAre("agenda|Tham luận||3", "floor_end|Đơn vị HD-SNV/site|HD-SNV|3",
                          "floor|Đơn vị HD-300/site|HD-300|3"));
}

TEST(RecordingMarks, votes_and_the_roll_call_are_marked_and_what_each_voted_is_not) {
  const Actor chair{"HD/chair", true, true, true};
  const Events events{event(chair, "roll_call.opened"), event(chair, "roll_call.answered"),
                      event(chair, "roll_call.closed"), event(chair, "vote.opened"),
                      event(chair, "vote.cast"),        event(chair, "vote.closed"),
                      event(chair, "vote.announced"),   event(chair, "stage.changed"),
                      event(chair, "floor.requested"),  event(chair, "mute.changed")};
  EXPECT_THAT(said(marks_of(events, kContext)),
              ElementsAre("roll_call|||3", "roll_call_end|||3", "vote|Thông qua nghị quyết?||3",
                          "vote_end|||3", "vote_result|Thông qua nghị quyết?||3"));
}

TEST(RecordingMarks, a_recording_begun_in_the_middle_says_what_is_going_on) {
  signaling::ControlView now;
  EXPECT_TRUE(marks_at_start(now, kContext).empty());
  now.agenda =
      signaling::AgendaView{{{11, 1, "Khai mạc", "", 5, 0}, {13, 3, "Tham luận", "", 5, 0}}, 3};
  now.floor = signaling::FloorView{signaling::FloorView::Holder{"HD-300/site", 1000, 5000}, {}};
  now.roll_call = signaling::RollCallView{"closed", {}};
  now.vote = signaling::VoteView{};
  now.vote->question = "Thông qua?";
  EXPECT_THAT(said(marks_at_start(now, kContext)),
              ElementsAre("agenda|Tham luận||3", "vote|Thông qua?||3",
                          "floor|Đơn vị HD-300/site|HD-300|3"));
}

}  // namespace
}  // namespace diemcau::mcu
