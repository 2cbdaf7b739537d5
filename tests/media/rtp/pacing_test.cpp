#include <gtest/gtest.h>

#include "media/rtp/key_frame_requester.hpp"
#include "media/rtp/rate_meter.hpp"
#include "media/rtp/token_bucket.hpp"
#include "media/rtp/uplink_flow.hpp"

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
constexpr TimePoint kStart{std::chrono::hours(1)};
constexpr Duration kTrip = milliseconds(20);

TEST(KeyFrameRequester, merges_the_wishes_of_many) {
  KeyFrameRequester requester;
  EXPECT_FALSE(requester.due(kStart, kTrip));
  for (int i = 0; i < 10; ++i) requester.request();
  EXPECT_TRUE(requester.due(kStart, kTrip));
  requester.request();
  EXPECT_FALSE(requester.due(kStart + milliseconds(299), kTrip));
}

TEST(KeyFrameRequester, repeats_ever_more_rarely_until_a_key_frame_arrives) {
  KeyFrameRequester requester;
  requester.request();
  std::vector<int> asked;
  for (int ms = 0; ms < 10'000; ms += 20)
    if (requester.due(kStart + milliseconds(ms), kTrip)) asked.push_back(ms);
  EXPECT_EQ(asked, (std::vector<int>{0, 300, 900, 2100, 4100, 6100, 8100}));
  requester.on_key_frame();
  EXPECT_FALSE(requester.due(kStart + seconds(20), kTrip));
}

TEST(KeyFrameRequester, paces_requests_that_follow_a_key_frame) {
  KeyFrameRequester requester;
  requester.request();
  EXPECT_TRUE(requester.due(kStart, kTrip));
  requester.on_key_frame();
  requester.request();
  EXPECT_FALSE(requester.due(kStart + milliseconds(100), kTrip));
  EXPECT_TRUE(requester.due(kStart + milliseconds(300), kTrip));
}

TEST(KeyFrameRequester, gives_a_slow_line_two_round_trips) {
  KeyFrameRequester requester;
  requester.request();
  EXPECT_TRUE(requester.due(kStart, milliseconds(400)));
  EXPECT_FALSE(requester.due(kStart + milliseconds(799), milliseconds(400)));
  EXPECT_TRUE(requester.due(kStart + milliseconds(800), milliseconds(400)));
}

TEST(UplinkFlow, begins_with_a_packet_and_ends_after_two_seconds) {
  UplinkFlow flow;
  EXPECT_TRUE(flow.on_packet(kStart));
  EXPECT_FALSE(flow.on_packet(kStart + seconds(1)));
  EXPECT_FALSE(flow.ended(kStart + milliseconds(2999)));
  EXPECT_TRUE(flow.ended(kStart + seconds(3)));
  EXPECT_FALSE(flow.ended(kStart + seconds(4)));
  EXPECT_TRUE(flow.on_packet(kStart + seconds(5)));
}

TEST(TokenBucket, lets_a_burst_through_and_then_the_rate) {
  TokenBucket bucket(1000, 500);
  EXPECT_TRUE(bucket.take(500, kStart));
  EXPECT_FALSE(bucket.take(100, kStart));
  EXPECT_TRUE(bucket.take(100, kStart + milliseconds(100)));
  EXPECT_FALSE(bucket.take(600, kStart + seconds(100)));  // never more than the burst
}

TEST(RateMeter, tells_bits_per_second_since_it_was_last_asked) {
  RateMeter meter;
  EXPECT_EQ(meter.rate(kStart), 0);
  meter.add(1000);
  EXPECT_DOUBLE_EQ(meter.rate(kStart + seconds(2)), 4000);
}

}  // namespace
}  // namespace diemcau::media
