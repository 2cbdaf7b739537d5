#include "mcu/meetings/ballot_box.hpp"

#include <gtest/gtest.h>

#include "tests/base/storage/testing/database_test.hpp"

namespace diemcau::mcu {
namespace {

class BallotBoxOn : public diemcau::testing::DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (!database_) return;
    ASSERT_TRUE(database_->migrate(EventLog::schema()));
    ASSERT_TRUE(database_->migrate(BallotBox::schema()));
    box_ = std::make_unique<BallotBox>(*database_, clock_);
  }
  static NewEvent voted(const std::string& seat) {
    return {seat, "vote.voted", R"({"vote":1,"seat":")" + seat + "\"}"};
  }
  const MeetingId meeting_{"hoinghi"};
  std::unique_ptr<BallotBox> box_;
};

TEST_P(BallotBoxOn, keeps_sums_and_writes_who_voted_with_them) {
  const std::vector<NewEvent> one{voted("A/site")}, two{voted("B/site")};
  ASSERT_TRUE(box_->cast(meeting_, 1, {1, 0, 0}, one));
  ASSERT_TRUE(box_->cast(meeting_, 1, {0, 2, 1}, two));
  EXPECT_EQ(box_->count(meeting_, 1).value(), (BallotBox::Sum{1, 2, 1}));
  EXPECT_EQ(box_->count(meeting_, 2).value(), (BallotBox::Sum{}));
  const EventLog log(*database_, clock_);
  EXPECT_EQ(log.read(meeting_).value().size(), 2u);
}

TEST_P(BallotBoxOn, counts_no_ballot_whose_entry_could_not_be_written) {
  const std::vector<NewEvent> bad{{"A/site", "Not A Kind", "{}"}};
  EXPECT_FALSE(box_->cast(meeting_, 1, {1, 0, 0}, bad));
  EXPECT_EQ(box_->count(meeting_, 1).value(), (BallotBox::Sum{}));
}

DIEMCAU_BOTH_BACK_ENDS(BallotBoxOn);

}  // namespace
}  // namespace diemcau::mcu
