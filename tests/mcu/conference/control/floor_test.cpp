#include <gmock/gmock.h>

#include "tests/mcu/conference/control/room_fixture.hpp"

namespace diemcau::mcu {
namespace {

using namespace std::chrono_literals;
using signaling::FloorVerb;
using testing::ElementsAre;

class FloorTest : public RoomFixture {
 protected:
  std::vector<std::string> queue() const {
    std::vector<std::string> out;
    for (const auto& waiting : room.floor().queue()) out.push_back(waiting.seat);
    return out;
  }
  std::string holder() const {
    return room.floor().holder() ? room.floor().holder()->seat : "nobody";
  }
};

TEST_F(FloorTest, requests_stand_in_the_order_they_came_and_asking_twice_is_asking_once) {
  EXPECT_EQ(say(floor(FloorVerb::request), site("HD-288/site")), "");
  EXPECT_EQ(say(floor(FloorVerb::request), site("HD-10507/site")), "");
  EXPECT_EQ(say(floor(FloorVerb::request), site("HD-288/site")), "");
  EXPECT_THAT(queue(), ElementsAre("HD-288/site", "HD-10507/site"));
  EXPECT_EQ(log.size(), 2u);
}

TEST_F(FloorTest, a_called_site_has_the_floor_for_the_usual_time_and_leaves_the_queue) {
  say(floor(FloorVerb::request), site());
  EXPECT_EQ(say(floor(FloorVerb::call, "HD-10507/site"), chair()), "");
  EXPECT_EQ(holder(), "HD-10507/site");
  EXPECT_THAT(queue(), ElementsAre());
  now += 30s;
  const auto view = room.floor().view(now);
  EXPECT_EQ(view.holder->elapsed, 30'000);
  EXPECT_EQ(view.holder->allotted, 300'000);
}

TEST_F(FloorTest, a_site_is_called_without_having_asked_if_it_is_here) {
  EXPECT_EQ(say(floor(FloorVerb::call, "HD-288/site", 120), secretary()), "");
  EXPECT_EQ(room.floor().holder()->allotted, 120s);
  EXPECT_EQ(say(floor(FloorVerb::call, "HD-10510/site"), chair()), "site.not_connected");
  EXPECT_EQ(say(floor(FloorVerb::call, "HD-999/site"), chair()), "seat.not_found");
  EXPECT_EQ(holder(), "HD-288/site");
}

TEST_F(FloorTest, calling_another_takes_the_floor_from_who_had_it) {
  say(floor(FloorVerb::call, "HD-288/site"), chair());
  say(floor(FloorVerb::call, "HD-10507/site"), secretary());
  EXPECT_EQ(holder(), "HD-10507/site");
  EXPECT_THAT(kinds(), ElementsAre("floor.given", "floor.ended", "floor.given"));
}

TEST_F(FloorTest, the_queue_is_put_in_order_by_who_is_named_and_nobody_is_lost) {
  for (const char* seat : {"HD-288/site", "HD-10507/site", "HD-SNV/site"})
    say(floor(FloorVerb::request), site(seat));
  auto order = floor(FloorVerb::reorder);
  order.seats = {"HD-SNV/site", "HD-10510/site", "HD-288/site"};
  EXPECT_EQ(say(order, secretary()), "");
  EXPECT_THAT(queue(), ElementsAre("HD-SNV/site", "HD-288/site", "HD-10507/site"));
  order.seats = {"HD-288/site", "HD-288/site"};
  EXPECT_EQ(say(order, secretary()), "floor.bad_order");
}

TEST_F(FloorTest, a_site_ends_its_own_speech_and_no_others) {
  say(floor(FloorVerb::call, "HD-10507/site"), chair());
  EXPECT_EQ(say(floor(FloorVerb::end), site("HD-288/site")), "auth.forbidden");
  EXPECT_EQ(holder(), "HD-10507/site");
  EXPECT_EQ(say(floor(FloorVerb::end), site("HD-10507/site")), "");
  EXPECT_EQ(holder(), "nobody");
  EXPECT_EQ(say(floor(FloorVerb::end), chair()), "floor.nobody");
}

TEST_F(FloorTest, time_is_extended_up_to_four_hours) {
  EXPECT_EQ(say(floor(FloorVerb::extend, "", 60), chair()), "floor.nobody");
  say(floor(FloorVerb::call, "HD-10507/site"), chair());
  EXPECT_EQ(say(floor(FloorVerb::extend, "", 120), chair()), "");
  EXPECT_EQ(room.floor().holder()->allotted, 420s);
  EXPECT_EQ(say(floor(FloorVerb::extend, "", 4 * 3600), chair()), "floor.bad_time");
}

TEST_F(FloorTest, a_request_is_withdrawn_or_declined) {
  say(floor(FloorVerb::request), site());
  EXPECT_EQ(say(floor(FloorVerb::decline, "HD-288/site"), chair()), "floor.not_waiting");
  EXPECT_EQ(say(floor(FloorVerb::decline, "HD-10507/site"), chair()), "");
  EXPECT_THAT(queue(), ElementsAre());
  say(floor(FloorVerb::request), site());
  EXPECT_EQ(say(floor(FloorVerb::withdraw), site()), "");
  EXPECT_THAT(queue(), ElementsAre());
}

TEST_F(FloorTest, next_on_the_agenda_gives_its_speaker_the_floor_for_its_time) {
  EXPECT_EQ(say(signaling::AgendaCommand{1, 0}, chair()), "");
  EXPECT_EQ(holder(), "nobody") << "the opening has no site";
  EXPECT_EQ(say(signaling::AgendaCommand{1, 0}, chair()), "");
  EXPECT_EQ(holder(), "HD-SNV/site");
  EXPECT_EQ(room.floor().holder()->allotted, 15min);
  EXPECT_EQ(say(signaling::AgendaCommand{1, 1}, chair()), "");
  EXPECT_EQ(holder(), "nobody") << "going back to an item without a speaker";
  EXPECT_EQ(say(signaling::AgendaCommand{1, 3}, chair()), "");
  EXPECT_EQ(holder(), "HD-10507/site");
  EXPECT_EQ(say(signaling::AgendaCommand{1, 0}, chair()), "agenda.over");
  EXPECT_EQ(say(signaling::AgendaCommand{1, 9}, chair()), "agenda.no_item");
}

TEST_F(FloorTest, a_restart_finds_floor_timer_and_queue_as_they_were) {
  say(floor(FloorVerb::request), site("HD-288/site"));
  say(floor(FloorVerb::call, "HD-10507/site"), chair());
  now += 90s;
  const auto again = restarted().floor().view(now);
  ASSERT_TRUE(again.holder);
  EXPECT_EQ(*again.holder, *room.floor().view(now).holder);
  EXPECT_EQ(again.holder->elapsed, 90'000);
  EXPECT_EQ(again.queue, room.floor().view(now).queue);
}

}  // namespace
}  // namespace diemcau::mcu
