#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "mcu/conference/control/rights.hpp"
#include "tests/mcu/conference/control/room_fixture.hpp"

namespace diemcau::mcu {
namespace {

using namespace std::chrono_literals;
using signaling::FloorVerb;
using signaling::Presence;
using signaling::RollCallVerb;
using signaling::RoomVerb;
using testing::ElementsAre;

class Room : public RoomFixture {
 protected:
  static signaling::RollCallCommand roll(RollCallVerb verb, std::string seat = "",
                                         Presence presence = Presence::unanswered) {
    signaling::RollCallCommand c;
    c.verb = verb;
    c.seat = std::move(seat);
    c.presence = presence;
    return c;
  }
  signaling::AttendanceRow row(const std::string& seat) const {
    return room.roll_call().rows().at(seat);
  }
};

TEST_F(Room, a_substitute_sits_with_the_chairs_consent_only) {
  say(roll(RollCallVerb::open), secretary());
  auto answer = roll(RollCallVerb::answer, "", Presence::substitute);
  answer.person = "Nguyễn Thị A";
  answer.position = "Phó Chủ tịch";
  EXPECT_EQ(say(answer, site()), "");
  EXPECT_EQ(row("HD-10507/site").consent, "asked");
  auto consent = roll(RollCallVerb::consent, "HD-10507/site");
  consent.granted = true;
  EXPECT_EQ(say(consent, secretary()), "auth.forbidden");
  EXPECT_EQ(say(consent, chair()), "");
  EXPECT_EQ(row("HD-10507/site").consent, "granted");
  answer.position = "Phó Chủ tịch UBND";
  say(answer, site());
  EXPECT_EQ(row("HD-10507/site").consent, "granted") << "the same person corrects a title";
  answer.person = "Trần Văn B";
  say(answer, site());
  EXPECT_EQ(row("HD-10507/site").consent, "asked") << "another person needs consent of its own";
  consent.seat = "HD-288/site";
  EXPECT_EQ(say(consent, chair()), "roll_call.no_substitute");
}

TEST_F(Room, closing_the_roll_call_fixes_the_list_and_who_comes_later_is_late) {
  EXPECT_EQ(say(roll(RollCallVerb::close), secretary()), "roll_call.not_open");
  say(roll(RollCallVerb::open), secretary());
  say(roll(RollCallVerb::answer, "", Presence::head), site());
  auto absent = roll(RollCallVerb::mark, "HD-10510/site", Presence::absent);
  absent.reason = "Đi công tác";
  say(absent, secretary());
  EXPECT_EQ(say(roll(RollCallVerb::close), secretary()), "");
  std::vector<std::string> listed;
  for (const auto& [entry, at] : log) {
    if (entry.kind != "roll_call.list") continue;
    const auto data = boost::json::parse(entry.data);
    for (const auto& item : data.at("rows").as_array())
      listed.emplace_back(std::string(item.at("seat").as_string()) + " " +
                          std::string(item.at("presence").as_string()));
  }
  EXPECT_THAT(listed,
              ElementsAre("HD/chair unanswered", "HD-SNV/site unanswered", "HD-288/site unanswered",
                          "HD-10507/site head", "HD-10510/site absent"));
  say(roll(RollCallVerb::answer, "", Presence::head), site("HD-288/site"));
  EXPECT_TRUE(row("HD-288/site").late);
  EXPECT_FALSE(row("HD-10507/site").late);
}

TEST_F(Room, a_seat_that_was_not_invited_is_not_called) {
  EXPECT_EQ(say(roll(RollCallVerb::answer, "", Presence::head), site("HD-777/site")),
            "roll_call.not_expected");
}

TEST_F(Room, the_list_of_266_fits_the_logs_bound_for_one_entry) {
  RoomPlan big = plan();
  big.expected.clear();
  for (int i = 0; i < 266; ++i) big.expected.push_back("HD-1" + std::to_string(1000 + i) + "/site");
  const auto expected = big.expected;
  room = ControlRoom(std::move(big));
  say(roll(RollCallVerb::open), secretary());
  for (const auto& seat : expected) {
    auto mark = roll(RollCallVerb::mark, seat, Presence::substitute);
    mark.person = std::string(120, 'a');
    mark.position = std::string(160, 'b');
    mark.reason = std::string(300, 'c');
    say(mark, secretary());
  }
  ASSERT_EQ(say(roll(RollCallVerb::close), secretary()), "");
  for (const auto& [entry, at] : log) EXPECT_LE(entry.data.size(), 64u * 1024);
}

TEST_F(Room, the_tour_puts_each_site_that_is_here_on_the_stage_in_turn) {
  auto tour = roll(RollCallVerb::tour);
  tour.seconds = 5;
  EXPECT_EQ(say(tour, chair()), "");
  EXPECT_THAT(room.pinned(now), ElementsAre("HD-SNV/site"));
  EXPECT_EQ(room.layout(now), Layout::speaker_strip);
  now += 5s;
  EXPECT_THAT(room.pinned(now), ElementsAre("HD-288/site"));
  ASSERT_TRUE(room.take_changed(now));
  now += 2s;
  EXPECT_FALSE(room.take_changed(now)) << "nothing to tell between two stops";
  now += 3s;
  EXPECT_EQ(room.take_changed(now)->roll_call->tour->seat, "HD-10507/site");
  now += 5s;
  EXPECT_THAT(room.pinned(now), ElementsAre());
  EXPECT_EQ(room.layout(now), Layout::automatic);
}

TEST_F(Room, a_call_opens_a_hard_muted_microphone_while_it_lasts) {
  say(signaling::Mute{1, "HD-10507/site", true}, chair());
  EXPECT_FALSE(room.may_be_heard("HD-10507/site", false));
  say(floor(FloorVerb::call, "HD-10507/site"), chair());
  EXPECT_TRUE(room.may_be_heard("HD-10507/site", false));
  say(floor(FloorVerb::end), chair());
  EXPECT_FALSE(room.may_be_heard("HD-10507/site", false));
}

TEST_F(Room, who_is_muted_while_it_has_the_floor_is_silent) {
  say(floor(FloorVerb::call, "HD-10507/site"), chair());
  say(signaling::Mute{1, "HD-10507/site", true}, secretary());
  EXPECT_FALSE(room.may_be_heard("HD-10507/site", false));
}

TEST_F(Room, all_microphones_are_muted_but_those_of_who_manages_the_meeting) {
  say(act(RoomVerb::mute_all), chair());
  EXPECT_FALSE(room.may_be_heard("HD-288/site", false));
  EXPECT_FALSE(room.may_be_heard("HD-10510/site", false)) << "who comes later as well";
  EXPECT_TRUE(room.may_be_heard("HD/chair", true));
  say(act(RoomVerb::unmute_all), chair());
  EXPECT_TRUE(room.may_be_heard("HD-288/site", false));
}

TEST_F(Room, a_locked_room_lets_in_who_was_inside_and_whom_it_admits) {
  keep("participant.joined", "HD-288/site");
  EXPECT_EQ(room.admission().ask("HD-10507/site", false), Admission::Answer::come_in);
  say(act(RoomVerb::lock), chair());
  EXPECT_EQ(room.admission().ask("HD-288/site", false), Admission::Answer::come_in);
  EXPECT_EQ(room.admission().ask("HD-10507/site", false), Admission::Answer::wait);
  EXPECT_EQ(room.admission().ask("HD-SNV/secretary", true), Admission::Answer::come_in);
  room.set_waiting("HD-10507/site", true);
  room.set_waiting("HD-777/site", true);
  EXPECT_EQ(say(act(RoomVerb::admit_expected), secretary()), "");
  EXPECT_EQ(room.admission().ask("HD-10507/site", false), Admission::Answer::come_in);
  EXPECT_EQ(room.admission().ask("HD-777/site", false), Admission::Answer::wait);
  say(act(RoomVerb::admit, "HD-777/site"), secretary());
  EXPECT_EQ(room.admission().ask("HD-777/site", false), Admission::Answer::come_in);
}

TEST_F(Room, who_is_sent_out_loses_floor_and_place_and_stays_out_until_restored) {
  say(floor(FloorVerb::request), site("HD-288/site"));
  say(floor(FloorVerb::call, "HD-10507/site"), chair());
  EXPECT_EQ(say(act(RoomVerb::remove, "HD/chair"), chair()), "room.own_seat");
  EXPECT_EQ(say(act(RoomVerb::remove, "HD-10507/site"), chair()), "");
  EXPECT_EQ(say(act(RoomVerb::remove, "HD-288/site"), chair()), "");
  EXPECT_FALSE(room.floor().holder());
  EXPECT_TRUE(room.floor().queue().empty());
  EXPECT_EQ(room.admission().ask("HD-10507/site", false), Admission::Answer::stay_out);
  say(act(RoomVerb::restore, "HD-10507/site"), chair());
  EXPECT_EQ(room.admission().ask("HD-10507/site", false), Admission::Answer::come_in);
}

TEST_F(Room, a_co_chair_manages_until_the_chair_withdraws_it) {
  EXPECT_EQ(say(act(RoomVerb::mute_all), site("HD-288/site")), "auth.forbidden");
  EXPECT_EQ(say(act(RoomVerb::delegate, "HD-288/site"), secretary()), "auth.forbidden");
  EXPECT_EQ(say(act(RoomVerb::delegate, "HD-288/site"), chair()), "");
  EXPECT_EQ(say(act(RoomVerb::mute_all), site("HD-288/site")), "");
  EXPECT_EQ(say(act(RoomVerb::delegate, "HD-10507/site"), site("HD-288/site")), "auth.forbidden");
  say(act(RoomVerb::withdraw, "HD-288/site"), chair());
  EXPECT_EQ(say(act(RoomVerb::unmute_all), site("HD-288/site")), "auth.forbidden");
}

TEST_F(Room, a_restart_finds_mutes_stage_door_and_co_chairs_as_they_were) {
  say(act(RoomVerb::mute_all), chair());
  say(act(RoomVerb::lock), chair());
  say(act(RoomVerb::delegate, "HD-288/site"), chair());
  say(signaling::SetStage{1, "single", {"HD-SNV/site"}}, chair());
  const auto again = restarted();
  EXPECT_FALSE(again.may_be_heard("HD-10507/site", false));
  EXPECT_EQ(again.admission().ask("HD-10507/site", false), Admission::Answer::wait);
  EXPECT_TRUE(again.is_co_chair("HD-288/site"));
  EXPECT_EQ(again.layout(now), Layout::single);
  EXPECT_THAT(again.pinned(now), ElementsAre("HD-SNV/site"));
}

TEST_F(Room, tells_only_the_sections_that_changed) {
  (void)room.take_changed(now);
  EXPECT_FALSE(room.take_changed(now));
  say(floor(FloorVerb::request), site());
  const auto changed = room.take_changed(now);
  ASSERT_TRUE(changed);
  EXPECT_TRUE(changed->floor);
  EXPECT_FALSE(changed->room || changed->agenda || changed->roll_call);
}

// Each verb × each standing: who lacks the right gets auth.forbidden and nothing changes.
TEST_F(Room, no_verb_is_carried_out_for_who_lacks_its_right) {
  std::vector<std::pair<ControlCommand, Standing>> all;
  for (const auto verb : {FloorVerb::request, FloorVerb::withdraw, FloorVerb::end})
    all.emplace_back(floor(verb, "HD-288/site", 60), Standing::seated);
  for (const auto verb :
       {FloorVerb::call, FloorVerb::extend, FloorVerb::decline, FloorVerb::reorder})
    all.emplace_back(floor(verb, "HD-288/site", 60), Standing::manager);
  all.emplace_back(roll(RollCallVerb::answer), Standing::seated);
  for (const auto verb : {RollCallVerb::open, RollCallVerb::mark, RollCallVerb::tour,
                          RollCallVerb::stop_tour, RollCallVerb::close})
    all.emplace_back(roll(verb, "HD-288/site"), Standing::manager);
  all.emplace_back(roll(RollCallVerb::consent, "HD-288/site"), Standing::chair);
  all.emplace_back(signaling::AgendaCommand{1, 1}, Standing::manager);
  for (const auto verb :
       {RoomVerb::admit, RoomVerb::admit_expected, RoomVerb::lock, RoomVerb::unlock,
        RoomVerb::remove, RoomVerb::restore, RoomVerb::mute_all, RoomVerb::unmute_all})
    all.emplace_back(act(verb, "HD-288/site"), Standing::manager);
  for (const auto verb : {RoomVerb::delegate, RoomVerb::withdraw})
    all.emplace_back(act(verb, "HD-288/site"), Standing::chair);
  all.emplace_back(signaling::SetStage{1, "grid", {}}, Standing::manager);
  all.emplace_back(signaling::Mute{1, "HD-288/site", true}, Standing::manager);

  say(floor(FloorVerb::call, "HD-SNV/site"), chair());
  const auto before = log.size();
  for (const auto& [command, least] : all) {
    EXPECT_EQ(standing_for(command), least);
    EXPECT_EQ(say(command, viewer()), "auth.forbidden");
    if (least != Standing::seated) {
      EXPECT_EQ(say(command, site()), "auth.forbidden");
    }
    if (least == Standing::chair) {
      EXPECT_EQ(say(command, secretary()), "auth.forbidden");
    }
  }
  EXPECT_EQ(log.size(), before);
  EXPECT_EQ(room.floor().holder()->seat, "HD-SNV/site");
}

}  // namespace
}  // namespace diemcau::mcu
