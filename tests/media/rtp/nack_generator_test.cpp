#include "media/rtp/nack_generator.hpp"

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;
constexpr Duration kTrip = milliseconds(50);

class NackGeneratorTest : public testing::Test {
 protected:
  std::vector<int> collect() {
    rtcp::Nack nack;
    nack_.collect(now_, kTrip, nack);
    std::vector<int> asked;
    nack.for_each([&](std::uint16_t s) { asked.push_back(s); });
    return asked;
  }
  TimePoint now_{std::chrono::hours(1)};
  NackGenerator nack_;
};

TEST_F(NackGeneratorTest, asks_at_once_for_what_a_gap_shows) {
  nack_.on_packet(10, now_);
  nack_.on_packet(13, now_);
  EXPECT_TRUE(nack_.has_unasked());
  EXPECT_EQ(collect(), (std::vector<int>{11, 12}));
  EXPECT_FALSE(nack_.has_unasked());
}

TEST_F(NackGeneratorTest, asks_again_after_one_round_trip) {
  nack_.on_packet(10, now_);
  nack_.on_packet(12, now_);
  EXPECT_EQ(collect(), std::vector<int>{11});
  now_ += kTrip - milliseconds(1);
  EXPECT_TRUE(collect().empty());
  now_ += milliseconds(1);
  EXPECT_EQ(collect(), std::vector<int>{11});
}

TEST_F(NackGeneratorTest, does_not_ask_for_what_came) {
  nack_.on_packet(10, now_);
  nack_.on_packet(12, now_);
  nack_.on_packet(11, now_);
  EXPECT_FALSE(nack_.has_unasked());
  EXPECT_TRUE(collect().empty());
}

TEST_F(NackGeneratorTest, does_not_ask_for_what_the_next_packet_carries_again) {
  nack_.on_packet(10, now_, 1);
  nack_.on_packet(12, now_, 1);
  EXPECT_FALSE(nack_.has_unasked());
  EXPECT_TRUE(collect().empty());
}

TEST_F(NackGeneratorTest, asks_for_missing_content_and_for_the_packet_that_carries_it_again) {
  nack_.on_packet(10, now_, 1);
  nack_.on_packet(14, now_, 1);  // with the content of 13, which has that of 12
  EXPECT_TRUE(nack_.has_unasked());
  EXPECT_EQ(collect(), (std::vector<int>{11, 12, 13}));
  EXPECT_FALSE(nack_.has_unasked());
}

TEST_F(NackGeneratorTest, asks_for_no_packet_of_which_nothing_is_missing_any_more) {
  nack_.on_packet(10, now_, 1);
  nack_.on_packet(13, now_, 1);  // missing: the content of 11
  EXPECT_EQ(collect(), (std::vector<int>{11, 12}));
  now_ += kTrip;
  nack_.on_packet(12, now_, 1);  // sent again, with the content of 11
  EXPECT_TRUE(collect().empty());
}

TEST_F(NackGeneratorTest, takes_content_that_came_out_of_order_for_come) {
  nack_.on_packet(10, now_, 2);
  nack_.on_packet(14, now_, 2);
  EXPECT_EQ(collect(), (std::vector<int>{11, 12, 13})) << "11 is missing, 12 and 13 carry it";
  nack_.on_packet(13, now_, 2);
  now_ += kTrip;
  EXPECT_TRUE(collect().empty());
}

TEST_F(NackGeneratorTest, gives_up_after_its_number_of_requests) {
  nack_.on_packet(10, now_);
  nack_.on_packet(12, now_);
  int asked = 0;
  for (int i = 0; i < 40; ++i, now_ += kTrip) asked += collect().empty() ? 0 : 1;
  EXPECT_EQ(asked, static_cast<int>(NackGenerator::kMostRequests));
  EXPECT_EQ(nack_.missing(), 0u);
}

TEST_F(NackGeneratorTest, gives_up_when_too_much_is_missing) {
  nack_.on_packet(10, now_);
  EXPECT_FALSE(nack_.on_packet(10 + NackGenerator::kMostMissing + 2, now_));
  EXPECT_EQ(nack_.missing(), 0u);
  EXPECT_TRUE(nack_.on_packet(10 + NackGenerator::kMostMissing + 4, now_));
  EXPECT_EQ(nack_.missing(), 1u);
}

}  // namespace
}  // namespace diemcau::media
