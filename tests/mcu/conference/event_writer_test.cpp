#include "mcu/conference/event_writer.hpp"

#include <atomic>
#include <set>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "tests/base/storage/testing/database_test.hpp"

namespace diemcau::mcu {
namespace {

/// Another moment each time it is asked: what has one moment was written together.
class CountingClock final : public Clock {
 public:
  TimePoint now() const noexcept override { return {}; }
  WallTime wall() const noexcept override {
    return WallTime(std::chrono::microseconds(1'700'000'000'000'000 + asked_.fetch_add(1)));
  }

 private:
  mutable std::atomic<std::int64_t> asked_{0};
};

class EventWriterOn : public diemcau::testing::DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (!database_) return;
    ASSERT_TRUE(database_->migrate(EventLog::schema()));
    log_ = std::make_unique<EventLog>(*database_, moments_);
    box_ = std::make_unique<BallotBox>(*database_, moments_);
    writer_ = std::make_unique<EventWriter>(*log_, *box_, metrics_);
  }
  static NewEvent numbered(int number) {
    return {"A/site", "participant.joined", "{\"n\":" + std::to_string(number) + "}"};
  }
  void post(int count) {
    for (int i = 0; i < count; ++i) writer_->post(kMeeting, numbered(i));
  }
  std::int64_t append_to(const MeetingId& meeting) {
    boost::asio::io_context io;
    auto number =
        boost::asio::co_spawn(io, writer_->append(meeting, numbered(-1)), boost::asio::use_future);
    io.run();
    return number.get().value();
  }
  /// Everything in the meeting's log once the writer has ended.
  std::vector<Event> written() {
    writer_.reset();
    writer_ = std::make_unique<EventWriter>(*log_, *box_, metrics_);
    return writer_->read_all(kMeeting).value();
  }

  const MeetingId kMeeting{"m"}, kOther{"other"};
  CountingClock moments_;
  Metrics metrics_;
  std::unique_ptr<EventLog> log_;
  std::unique_ptr<BallotBox> box_;
  std::unique_ptr<EventWriter> writer_;
};

TEST_P(EventWriterOn, has_on_disk_when_it_ends_all_that_was_posted_in_its_order) {
  post(2500);  // more than one transaction takes
  const auto events = written();
  ASSERT_EQ(events.size(), 2500u);
  for (int i = 0; i < 2500; ++i)
    EXPECT_EQ(events[static_cast<std::size_t>(i)].data, numbered(i).data);
}

TEST_P(EventWriterOn, writes_together_what_is_posted_within_the_gap) {
  const auto began = std::chrono::steady_clock::now();
  post(300);
  const auto events = written();
  const auto lasted = std::chrono::steady_clock::now() - began;
  ASSERT_EQ(events.size(), 300u);
  std::set<WallTime> writes;
  for (const auto& event : events) writes.insert(event.at);
  // However slow the machine is: one at once, and then one a gap.
  EXPECT_LE(static_cast<std::int64_t>(writes.size()), 2 + lasted / EventWriter::kGap);
}

TEST_P(EventWriterOn, has_on_disk_what_was_posted_before_what_is_asked_for_later) {
  post(7);
  EXPECT_EQ(append_to(kMeeting), 8);
  post(3);
  EXPECT_EQ(append_to(kMeeting), 12);
}

TEST_P(EventWriterOn, keeps_the_logs_of_meetings_apart) {
  post(5);
  writer_->post(kOther, numbered(0));
  EXPECT_EQ(append_to(kOther), 2);
  EXPECT_EQ(append_to(kMeeting), 6);
}

TEST_P(EventWriterOn, writes_the_others_when_one_of_them_is_refused) {
  post(2);
  writer_->post(kMeeting, {"A/site", "Not A Kind", "{}"});
  post(2);
  EXPECT_EQ(written().size(), 4u);
}

DIEMCAU_BOTH_BACK_ENDS(EventWriterOn);

}  // namespace
}  // namespace diemcau::mcu
