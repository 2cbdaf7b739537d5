#include "media/rtp/delivery_meter.hpp"

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;

/// A sender of packets of 1 000 bytes, 100 a second, whose receiver reports once a second.
class DeliveryMeterTest : public testing::Test {
 protected:
  void send(int ms) {
    for (int t = 0; t < ms; t += 20) {
      now_ += milliseconds(20);
      sent_ += 2;
      meter_.on_sent(sent_, static_cast<std::uint64_t>(sent_ - kFirst) * 1000, now_);
    }
  }
  std::optional<DeliveryMeter::Delivery> report(std::int64_t highest, double lost = 0) {
    return meter_.on_report(static_cast<std::uint16_t>(highest & 0xffff), lost, now_);
  }

  static constexpr std::int64_t kFirst = 0x1fff0;  // the sequence number wraps soon
  DeliveryMeter meter_;
  TimePoint now_{std::chrono::hours(1)};
  std::int64_t sent_ = kFirst;
};

TEST_F(DeliveryMeterTest, says_nothing_before_there_are_two_reports) {
  EXPECT_FALSE(report(kFirst));
  send(1000);
  EXPECT_FALSE(report(sent_));
  send(1000);
  EXPECT_TRUE(report(sent_));
}

TEST_F(DeliveryMeterTest, a_line_that_keeps_up_delivers_what_is_sent) {
  send(1000);
  report(sent_ - 5);
  for (int second = 0; second < 5; ++second) {
    send(1000);
    const auto delivery = report(sent_ - 5);
    ASSERT_TRUE(delivery);
    EXPECT_NEAR(delivery->rate, 800e3, 1e3);
    EXPECT_EQ(delivery->fraction_lost, 0.0);
  }
}

TEST_F(DeliveryMeterTest, a_queue_in_front_of_a_narrow_line_delivers_at_the_lines_rate) {
  send(1000);
  report(sent_);
  const auto before = sent_;
  send(1000);
  EXPECT_NEAR(report(before + 40)->rate, 320e3, 1e3);
}

TEST_F(DeliveryMeterTest, what_was_lost_was_not_delivered) {
  send(1000);
  report(sent_);
  send(1000);
  const auto delivery = report(sent_, 0.25);
  EXPECT_NEAR(delivery->rate, 600e3, 1e3);
  EXPECT_EQ(delivery->fraction_lost, 0.25);
}

TEST_F(DeliveryMeterTest, a_report_that_was_lost_makes_the_next_one_longer) {
  send(1000);
  report(sent_);
  send(3000);
  EXPECT_NEAR(report(sent_)->rate, 800e3, 1e3);
}

TEST_F(DeliveryMeterTest, judges_loss_by_twenty_packets_and_no_fewer) {
  send(1000);
  report(sent_ - 60);
  send(1000);
  EXPECT_FALSE(report(sent_ - 60 - 100 + 12, 0.5)->fraction_lost);
  send(1000);
  EXPECT_NEAR(report(sent_ - 60 - 200 + 24, 0)->fraction_lost.value(), 0.25, 1e-9);
}

TEST_F(DeliveryMeterTest, a_number_that_was_never_sent_or_is_long_forgotten_is_not_believed) {
  send(1000);
  report(sent_);
  send(1000);
  EXPECT_FALSE(report(sent_ + 400));
  report(sent_);
  send(8000);
  EXPECT_FALSE(report(sent_ - 700));
  EXPECT_FALSE(report(sent_)) << "nothing to compare it with";
  send(1000);
  EXPECT_TRUE(report(sent_));
}

TEST_F(DeliveryMeterTest, two_reports_at_once_are_one) {
  send(1000);
  report(sent_);
  send(1000);
  EXPECT_TRUE(report(sent_));
  send(20);
  EXPECT_FALSE(report(sent_));
}

}  // namespace
}  // namespace diemcau::media
