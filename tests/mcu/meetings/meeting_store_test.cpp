#include "mcu/meetings/meeting_store.hpp"

#include <set>

#include <gmock/gmock.h>

#include "base/events/event_log.hpp"
#include "tests/base/storage/testing/database_test.hpp"

namespace diemcau::mcu {
namespace {

using namespace std::chrono;
using ::testing::ElementsAre;
using ::testing::MatchesRegex;

class MeetingStoreOn : public diemcau::testing::DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (!database_) return;
    ASSERT_TRUE(database_->migrate(UnitStore::schema()));
    ASSERT_TRUE(database_->migrate(EventLog::schema()));
    ASSERT_TRUE(database_->migrate(MeetingStore::schema()));
    units_ = std::make_unique<UnitStore>(*database_);
    ASSERT_TRUE(units_->import_default_if_empty());
    meetings_ = std::make_unique<MeetingStore>(*database_, *units_, clock_);
  }
  Result<Meeting> create(const std::string& title, const std::string& expect = "all",
                         const std::string& chair = "") {
    NewMeeting wanted;
    wanted.title = title;
    wanted.expect = expect;
    wanted.chair = UnitCode(chair);
    clock_.advance(seconds(1));
    return meetings_->create(wanted);
  }
  std::vector<std::string> titles(const MeetingFilter& filter) {
    std::vector<std::string> out;
    for (const Meeting& meeting : meetings_->list(filter).value()) out.push_back(meeting.title);
    return out;
  }
  Meeting draft(const std::string& title = "Sơ kết quý III") {
    NewMeeting wanted;
    wanted.title = title;
    wanted.open = false;
    wanted.starts_at = clock_.wall() + hours(24 * 10);
    return meetings_->create(wanted).value();
  }
  std::vector<std::string> log(const MeetingId& id) {
    std::vector<std::string> out;
    for (const Event& event : EventLog(*database_, clock_).read(id).value())
      out.push_back(event.actor + " " + event.kind + " " + event.data);
    return out;
  }
  std::unique_ptr<UnitStore> units_;
  std::unique_ptr<MeetingStore> meetings_;
};
DIEMCAU_BOTH_BACK_ENDS(MeetingStoreOn);

TEST_P(MeetingStoreOn, opens_a_meeting_of_the_whole_province) {
  auto made = create("Hội nghị trực tuyến đánh giá công tác CCHC");
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_THAT(made->id.str(), MatchesRegex("[a-z2-7]{10}"));
  auto found = meetings_->find(made->id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->title, "Hội nghị trực tuyến đánh giá công tác CCHC");
  EXPECT_EQ(found->state, MeetingState::open);
  EXPECT_EQ(found->chair.str(), "HD");
  EXPECT_EQ(found->catalogue, "hai-duong-2023");
  EXPECT_EQ(found->opened_at, clock_.wall());
  EXPECT_FALSE(found->closed_at);
  EXPECT_EQ(meetings_->expected(made->id)->size(), 266u);
  EXPECT_EQ(meetings_->expected(made->id)->front().str(), "HD");
}

TEST_P(MeetingStoreOn, expects_the_units_that_were_asked_for_in_reading_order) {
  auto made = create("Giao ban", "HD-10654,HD-SNV", "HD-291");
  ASSERT_TRUE(made);
  EXPECT_THAT(*meetings_->expected(made->id),
              ElementsAre(UnitCode("HD-SNV"), UnitCode("HD-10654")));
}

TEST_P(MeetingStoreOn, keeps_the_units_of_its_own_day) {
  ASSERT_TRUE(units_->import_csv(
      "later",
      "code,parent_code,level,kind,name\nHP,,province,thành phố,UBND thành phố Hải Phòng\n",
      2025y / July / 1, std::nullopt));
  NewMeeting wanted;
  wanted.title = "Sau sáp nhập";
  wanted.starts_at = vietnam_midnight(2025y / July / 1);
  auto made = meetings_->create(wanted);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->catalogue, "later");
  EXPECT_EQ(made->chair.str(), "HP");
  EXPECT_EQ(meetings_->find(made->id)->starts_at, wanted.starts_at);
}

TEST_P(MeetingStoreOn, refuses_what_it_cannot_hold_and_keeps_nothing_of_it) {
  EXPECT_EQ(create("").error().code, "meeting.bad_title");
  EXPECT_EQ(create("a\nb").error().code, "meeting.bad_title");
  EXPECT_EQ(create("\xff").error().code, "meeting.bad_title");
  EXPECT_EQ(create(std::string(301, 'x')).error().code, "meeting.bad_title");
  EXPECT_EQ(create("Họp \u202Egnut nas").error().code, "meeting.bad_title");
  EXPECT_EQ(create("x", "HD-99999").error().code, "units.unknown");
  EXPECT_EQ(create("x", "").error().code, "units.bad_selector");
  EXPECT_EQ(create("x", "all", "HD-99999").error().code, "units.unknown");
  EXPECT_TRUE(meetings_->list()->empty());
}

TEST_P(MeetingStoreOn, lives_from_draft_to_closed_with_the_moments_that_count) {
  const MeetingId id = draft().id;
  const Doer secretary{"account:thu-ky", signaling::Role::secretary};
  const auto step = [&](MeetingState to) {
    clock_.advance(minutes(1));
    return meetings_->set_state(id, to, secretary);
  };
  ASSERT_TRUE(step(MeetingState::invited));
  const WallTime invited = clock_.wall();
  ASSERT_TRUE(step(MeetingState::trial));
  ASSERT_TRUE(step(MeetingState::invited));
  ASSERT_TRUE(step(MeetingState::lobby));
  ASSERT_TRUE(step(MeetingState::open));
  const WallTime opened = clock_.wall();
  ASSERT_TRUE(step(MeetingState::adjourned));
  ASSERT_TRUE(step(MeetingState::open));
  ASSERT_TRUE(step(MeetingState::closed));
  const Meeting found = meetings_->find(id).value();
  EXPECT_EQ(found.state, MeetingState::closed);
  EXPECT_EQ(found.invited_at, invited);
  EXPECT_EQ(found.opened_at, opened);
  EXPECT_EQ(found.closed_at, clock_.wall());
  EXPECT_EQ(found.revision, 9);
  EXPECT_EQ(step(MeetingState::open).error().code, "meeting.closed");
  const auto written = log(id);
  ASSERT_EQ(written.size(), 9u);
  EXPECT_EQ(written[1], R"(account:thu-ky meeting.state {"from":"draft","to":"invited"})");
  EXPECT_EQ(written[8], R"(account:thu-ky meeting.state {"from":"open","to":"closed"})");
}

TEST_P(MeetingStoreOn, refuses_a_step_and_writes_nothing_of_it) {
  const Meeting made = draft();
  EXPECT_EQ(meetings_->set_state(made.id, MeetingState::adjourned, {}).error().code,
            "meeting.bad_step");
  EXPECT_EQ(meetings_->set_state(made.id, MeetingState::closed, {"x", signaling::Role::secretary})
                .error()
                .code,
            "auth.forbidden");
  NewMeeting timeless;
  timeless.title = "Chưa có giờ";
  timeless.open = false;
  const MeetingId id = meetings_->create(timeless)->id;
  EXPECT_EQ(meetings_->set_state(id, MeetingState::invited, {}).error().code, "meeting.no_start");
  EXPECT_EQ(log(made.id).size(), 1u);
  EXPECT_EQ(meetings_->find(made.id)->revision, 1);
}

TEST_P(MeetingStoreOn, keeps_a_plan_and_logs_each_change_of_it) {
  const Meeting made = draft();
  MeetingChange change;
  change.secretary = UnitCode("HD-SNV");
  change.place = "Hội trường UBND tỉnh";
  change.expect = "HD-300/commune";
  change.ends_at = *made.starts_at + hours(3);
  change.speaking_minutes = 7;
  auto changed = meetings_->change(made.id, change, "account:vp");
  ASSERT_TRUE(changed) << changed.error().detail;
  const Meeting found = meetings_->find(made.id).value();
  EXPECT_EQ(found.secretary.str(), "HD-SNV");
  EXPECT_EQ(found.place, "Hội trường UBND tỉnh");
  EXPECT_EQ(found.ends_at, *made.starts_at + hours(3));
  EXPECT_EQ(found.speaking_minutes, 7);
  EXPECT_EQ(found.revision, 2);
  EXPECT_EQ(meetings_->expected(made.id)->size(), 17u);
  EXPECT_THAT(log(made.id).back(), ::testing::HasSubstr(R"("secretary":"HD-SNV")"));
  EXPECT_THAT(log(made.id).back(), ::testing::Not(::testing::HasSubstr("title")));
  ASSERT_TRUE(meetings_->change(made.id, change, "account:vp"));
  EXPECT_EQ(log(made.id).size(), 2u) << "the same again is no change";
  EXPECT_EQ(meetings_->find(made.id)->revision, 2);
  change = {};
  change.ends_at = std::optional<WallTime>();
  EXPECT_FALSE(meetings_->change(made.id, change, "account:vp")->ends_at);
}

TEST_P(MeetingStoreOn, refuses_a_change_made_from_what_was_seen_before_another) {
  const Meeting made = draft();
  MeetingChange change;
  change.title = "Một";
  ASSERT_TRUE(meetings_->change(made.id, change, "a", made.revision));
  change.title = "Hai";
  EXPECT_EQ(meetings_->change(made.id, change, "b", made.revision).error().code,
            "request.precondition");
  EXPECT_EQ(meetings_->set_agenda(made.id, {}, "b", made.revision).error().code,
            "request.precondition");
  EXPECT_EQ(meetings_->set_state(made.id, MeetingState::lobby, {}, made.revision).error().code,
            "request.precondition");
  EXPECT_EQ(meetings_->find(made.id)->title, "Một");
}

TEST_P(MeetingStoreOn, changes_no_frame_once_somebody_may_be_inside) {
  const Meeting made = draft();
  ASSERT_TRUE(meetings_->set_state(made.id, MeetingState::lobby, {}));
  MeetingChange frame, course;
  frame.expect = "HD";
  course.place = "Phòng 2";
  EXPECT_EQ(meetings_->change(made.id, frame, "a").error().code, "meeting.under_way");
  course.title = made.title;  // what stays as it was is no change
  EXPECT_TRUE(meetings_->change(made.id, course, "a"));
  EXPECT_EQ(meetings_->expected(made.id)->size(), 266u);
}

TEST_P(MeetingStoreOn, keeps_the_agenda_in_order_and_each_item_s_number_for_good) {
  const MeetingId id = draft().id;
  const auto item = [](int number, const char* title, const char* speaker = "") {
    return AgendaItem{number, title, UnitCode(speaker), 10, 5};
  };
  ASSERT_TRUE(meetings_->set_agenda(
      id, {item(0, "Khai mạc", "HD"), item(0, "Báo cáo", "HD-SNV"), item(0, "Bế mạc")}, "a"));
  EXPECT_THAT(*meetings_->agenda(id), ElementsAre(item(1, "Khai mạc", "HD"),
                                                  item(2, "Báo cáo", "HD-SNV"), item(3, "Bế mạc")));
  // Reordered, one gone, one new; an unknown number and a number given twice are new items.
  ASSERT_TRUE(meetings_->set_agenda(
      id, {item(3, "Bế mạc"), item(1, "Khai mạc"), item(1, "Khai mạc lại"), item(99, "Lạ")}, "a"));
  EXPECT_THAT(*meetings_->agenda(id), ElementsAre(item(3, "Bế mạc"), item(1, "Khai mạc"),
                                                  item(4, "Khai mạc lại"), item(5, "Lạ")));
  EXPECT_THAT(log(id).back(), ::testing::HasSubstr(R"(a meeting.agenda {"items":[{"id":3)"));
  EXPECT_EQ(meetings_->set_agenda(id, {item(0, "")}, "a").error().code, "meeting.bad_agenda");
  EXPECT_EQ(meetings_->set_agenda(id, {item(0, "x", "HD-99999")}, "a").error().code,
            "units.unknown");
  EXPECT_EQ(meetings_->agenda(id)->size(), 4u);
  EXPECT_EQ(meetings_->agenda(MeetingId("x")).error().code, "meeting.not_found");
}

TEST_P(MeetingStoreOn, changes_plan_and_agenda_together_or_neither) {
  const Meeting made = draft();
  MeetingChange change;
  change.title = "Tổng kết năm";
  change.agenda = {AgendaItem{0, "Khai mạc", UnitCode("HD-99999"), 5, 0}};
  EXPECT_EQ(meetings_->change(made.id, change, "a").error().code, "units.unknown");
  EXPECT_EQ(meetings_->find(made.id)->title, made.title);
  change.agenda->front().speaker = UnitCode("HD");
  const auto changed = meetings_->change(made.id, change, "a");
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->revision, 2);
  EXPECT_EQ(meetings_->agenda(made.id)->size(), 1u);
  EXPECT_EQ(log(made.id).size(), 3u);
}

TEST_P(MeetingStoreOn, plans_without_keeping) {
  NewMeeting wanted;
  wanted.expect = "HD-300/commune";
  EXPECT_EQ(meetings_->plan(wanted)->expected.size(), 17u);
  wanted.expect = "HD-300/village";
  EXPECT_EQ(meetings_->plan(wanted).error().code, "units.bad_selector");
  EXPECT_TRUE(meetings_->list()->empty());
}

TEST_P(MeetingStoreOn, knows_which_meetings_take_up_a_time) {
  const Meeting first = draft("Một"), second = draft("Hai");
  MeetingChange change;
  change.starts_at = *first.starts_at + hours(3);
  ASSERT_TRUE(meetings_->change(second.id, change, "a"));
  const auto found = [&](WallTime from, WallTime to, const char* except) {
    std::vector<std::string> out;
    for (const auto& booking : meetings_->bookings(from, to, MeetingId(except)).value())
      out.push_back(booking.meeting.title);
    return out;
  };
  const WallTime at = *first.starts_at;
  EXPECT_THAT(found(at, at + hours(1), ""), ElementsAre("Một"));
  EXPECT_THAT(found(at, at + hours(4), ""), ElementsAre("Một", "Hai"));
  EXPECT_THAT(found(at, at + hours(4), first.id.str().c_str()), ElementsAre("Hai"));
  EXPECT_THAT(found(at + hours(2), at + hours(3), ""), ElementsAre());
  ASSERT_TRUE(meetings_->set_state(first.id, MeetingState::closed, {}));
  EXPECT_THAT(found(at, at + hours(1), ""), ElementsAre());
}

TEST_P(MeetingStoreOn, lists_the_newest_first_and_only_what_is_asked_for) {
  auto first = create("một", "HD-10654");
  create("hai", "HD-SNV", "HD-291").value();
  create("ba", "HD-SNV").value();
  ASSERT_TRUE(meetings_->set_state(first->id, MeetingState::closed, {}));
  EXPECT_THAT(titles({}), ElementsAre("ba", "hai", "một"));
  EXPECT_THAT(titles({.state = MeetingState::open, .units = {}}), ElementsAre("ba", "hai"));
  EXPECT_THAT(titles({.state = {}, .units = {UnitCode("HD-291"), UnitCode("HD-10654")}}),
              ElementsAre("hai", "một"));
  EXPECT_THAT(titles({.state = {}, .units = {}, .limit = 1}), ElementsAre("ba"));
}

TEST_P(MeetingStoreOn, says_not_found_of_what_is_not_there) {
  EXPECT_EQ(meetings_->find(MeetingId("x")).error().code, "meeting.not_found");
  EXPECT_EQ(meetings_->expected(MeetingId("x")).error().code, "meeting.not_found");
  EXPECT_EQ(meetings_->set_state(MeetingId("' OR 1=1"), MeetingState::closed, {}).error().code,
            "meeting.not_found");
}

TEST_P(MeetingStoreOn, gives_ids_that_do_not_repeat) {
  std::set<std::string> ids;
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(ids.insert(create("x", "HD")->id.str()).second);
}

}  // namespace
}  // namespace diemcau::mcu
