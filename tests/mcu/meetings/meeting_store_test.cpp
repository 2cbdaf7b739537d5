#include "mcu/meetings/meeting_store.hpp"

#include <set>

#include <gmock/gmock.h>

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
  EXPECT_EQ(create("x", "HD-99999").error().code, "units.unknown");
  EXPECT_EQ(create("x", "").error().code, "units.bad_selector");
  EXPECT_EQ(create("x", "all", "HD-99999").error().code, "units.unknown");
  EXPECT_TRUE(meetings_->list()->empty());
}

TEST_P(MeetingStoreOn, goes_from_draft_to_open_to_closed_and_never_back) {
  NewMeeting wanted;
  wanted.title = "Sắp tới";
  wanted.open = false;
  auto made = meetings_->create(wanted);
  EXPECT_EQ(made->state, MeetingState::draft);
  EXPECT_EQ(meetings_->open(made->id)->state, MeetingState::open);
  EXPECT_EQ(meetings_->open(made->id)->state, MeetingState::open);
  EXPECT_EQ(meetings_->close(made->id)->state, MeetingState::closed);
  EXPECT_TRUE(meetings_->close(made->id));
  EXPECT_EQ(meetings_->open(made->id).error().code, "meeting.closed");
  EXPECT_EQ(meetings_->find(made->id)->closed_at, clock_.wall());
}

TEST_P(MeetingStoreOn, lists_the_newest_first_and_only_what_is_asked_for) {
  auto first = create("một", "HD-10654");
  create("hai", "HD-SNV", "HD-291").value();
  create("ba", "HD-SNV").value();
  ASSERT_TRUE(meetings_->close(first->id));
  EXPECT_THAT(titles({}), ElementsAre("ba", "hai", "một"));
  EXPECT_THAT(titles({.state = MeetingState::open, .units = {}}), ElementsAre("ba", "hai"));
  EXPECT_THAT(titles({.state = {}, .units = {UnitCode("HD-291"), UnitCode("HD-10654")}}),
              ElementsAre("hai", "một"));
  EXPECT_THAT(titles({.state = {}, .units = {}, .limit = 1}), ElementsAre("ba"));
}

TEST_P(MeetingStoreOn, says_not_found_of_what_is_not_there) {
  EXPECT_EQ(meetings_->find(MeetingId("x")).error().code, "meeting.not_found");
  EXPECT_EQ(meetings_->expected(MeetingId("x")).error().code, "meeting.not_found");
  EXPECT_EQ(meetings_->close(MeetingId("' OR 1=1")).error().code, "meeting.not_found");
}

TEST_P(MeetingStoreOn, gives_ids_that_do_not_repeat) {
  std::set<std::string> ids;
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(ids.insert(create("x", "HD")->id.str()).second);
}

}  // namespace
}  // namespace diemcau::mcu
