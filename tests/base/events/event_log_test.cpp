#include "base/events/event_log.hpp"

#include <thread>

#include <gmock/gmock.h>
#include <soci/soci.h>

#include "tests/base/storage/testing/database_test.hpp"

namespace diemcau {
namespace {

using ::testing::HasSubstr;

const MeetingId kMeeting("m1");

NewEvent joined(const std::string& data = {}) {
  return {"HD-10507/site", "participant.joined", data};
}

class EventLogOn : public testing::DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (!database_) return;
    ASSERT_TRUE(database_->migrate(EventLog::schema()));
    log_ = std::make_unique<EventLog>(*database_, clock_);
  }
  std::unique_ptr<EventLog> log_;
};
DIEMCAU_BOTH_BACK_ENDS(EventLogOn);

TEST_P(EventLogOn, numbers_each_meeting_from_one_without_gaps) {
  EXPECT_EQ(log_->append(kMeeting, joined()).value(), 1);
  EXPECT_EQ(log_->append(kMeeting, joined()).value(), 2);
  EXPECT_EQ(log_->append(MeetingId("m2"), joined()).value(), 1);
  EXPECT_EQ(log_->last_seq(kMeeting).value(), 2);
  EXPECT_EQ(log_->last_seq(MeetingId("none")).value(), 0);
}

TEST_P(EventLogOn, gives_back_what_was_said_and_when) {
  const WallTime at = clock_.wall();
  ASSERT_TRUE(log_->append(kMeeting, joined(R"({"name":"UBND xã Hồng Phong"})")));
  clock_.advance(std::chrono::seconds(1));
  ASSERT_TRUE(log_->append(kMeeting, {"system", "stage.changed", ""}));
  auto events = log_->read(kMeeting);
  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 2u);
  EXPECT_EQ((*events)[0].data, R"({"name":"UBND xã Hồng Phong"})");
  EXPECT_EQ((*events)[0].actor, "HD-10507/site");
  EXPECT_EQ((*events)[0].at, at);
  EXPECT_EQ((*events)[1].at, at + std::chrono::seconds(1));
  EXPECT_EQ((*events)[1].data, "{}");
}

TEST_P(EventLogOn, is_read_in_pages) {
  const std::vector<NewEvent> batch(5, joined());
  EXPECT_EQ(log_->append(kMeeting, batch).value(), 1);
  auto page = log_->read(kMeeting, 2, 2);
  ASSERT_EQ(page->size(), 2u);
  EXPECT_EQ((*page)[0].seq, 3);
  EXPECT_EQ((*page)[1].seq, 4);
}

TEST_P(EventLogOn, takes_a_batch_whole_or_not_at_all) {
  const std::vector<NewEvent> batch{joined(), {"x", "Bad Kind", ""}};
  EXPECT_EQ(log_->append(kMeeting, batch).error().code, "event.bad_kind");
  EXPECT_EQ(log_->last_seq(kMeeting).value(), 0);
}

TEST_P(EventLogOn, refuses_kinds_and_data_that_are_not_what_they_should_be) {
  for (const char* kind : {"", "Joined", "a b", ".a", "a.", "a\nb"}) {
    EXPECT_EQ(log_->append(kMeeting, {"x", kind, ""}).error().code, "event.bad_kind") << kind;
  }
  for (const char* data : {"[]", "{", "null", "{} x", "{\"a\":\xff}"}) {
    EXPECT_EQ(log_->append(kMeeting, joined(data)).error().code, "event.bad_data") << data;
  }
  EXPECT_FALSE(log_->append(kMeeting, joined("{\"a\":\"" + std::string(70'000, 'x') + "\"}")));
}

TEST_P(EventLogOn, cannot_be_rewritten_or_shortened) {
  ASSERT_TRUE(log_->append(kMeeting, joined()));
  for (const std::string sql :
       {"UPDATE meeting_events SET actor = 'nobody'", "DELETE FROM meeting_events",
        "UPDATE meeting_events SET seq = 9 WHERE meeting_id = 'm1'"}) {
    auto changed = database_->transact([&](soci::session& session) { session << sql; });
    ASSERT_FALSE(changed) << sql;
    EXPECT_THAT(changed.error().detail, HasSubstr("append-only"));
  }
  EXPECT_EQ(log_->read(kMeeting)->front().actor, "HD-10507/site");
}

TEST_P(EventLogOn, keeps_one_order_when_two_programs_write_at_once) {
  auto other_database = open_again();
  EventLog other(*other_database, clock_);
  auto work = [](EventLog& log) {
    for (int i = 0; i < 30; ++i) ASSERT_TRUE(log.append(kMeeting, joined()));
  };
  std::thread second([&] { work(other); });
  work(*log_);
  second.join();
  auto events = log_->read(kMeeting);
  ASSERT_EQ(events->size(), 60u);
  for (std::size_t i = 0; i < events->size(); ++i) {
    EXPECT_EQ((*events)[i].seq, static_cast<std::int64_t>(i) + 1);
  }
}

TEST_P(EventLogOn, shows_another_program_what_it_acknowledged_at_once) {
  auto other_database = open_again();
  EventLog other(*other_database, clock_);
  for (int i = 1; i <= 10; ++i) {
    ASSERT_EQ(log_->append(kMeeting, joined()).value(), i);
    EXPECT_EQ(other.last_seq(kMeeting).value(), i);
  }
}

}  // namespace
}  // namespace diemcau
