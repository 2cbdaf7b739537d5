#include "media/rtp/receive_statistics.hpp"

#include <gtest/gtest.h>

#include "media/rtp/ntp_time.hpp"
#include "media/rtp/received_window.hpp"
#include "media/rtp/sequence_unwrapper.hpp"

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;
constexpr TimePoint kStart{std::chrono::hours(5)};

TEST(ReceiveStatistics, counts_loss_since_the_last_report_and_in_all) {
  ReceiveStatistics statistics(48'000);
  for (int i = 0; i < 100; ++i)
    if (i % 10 != 5) statistics.on_packet(i, static_cast<std::uint32_t>(i * 960), kStart);
  auto block = statistics.report(1, kStart);
  EXPECT_EQ(block.cumulative_lost, 10);
  EXPECT_EQ(block.fraction_lost, 25);  // 10 of 100, of 256
  EXPECT_EQ(block.highest_sequence, 99u);
  for (int i = 100; i < 200; ++i) statistics.on_packet(i, 0, kStart);
  block = statistics.report(1, kStart);
  EXPECT_EQ(block.fraction_lost, 0);
  EXPECT_EQ(block.cumulative_lost, 10);
}

// RFC 3550 A.8: J += (|D| − J) / 16. One packet 16 ms late at 8 kHz: D = 128, J = 8, then the
// next on its old schedule: D = −128, J = 8 + 120/16 = 15.5.
TEST(ReceiveStatistics, follows_the_jitter_estimator_of_rfc_3550) {
  ReceiveStatistics statistics(8'000);
  statistics.on_packet(0, 0, kStart);
  statistics.on_packet(1, 160, kStart + milliseconds(20));
  EXPECT_EQ(statistics.jitter(), 0u);
  statistics.on_packet(2, 320, kStart + milliseconds(56));
  EXPECT_EQ(statistics.jitter(), 8u);
  statistics.on_packet(3, 480, kStart + milliseconds(60));
  EXPECT_EQ(statistics.jitter(), 15u);
}

TEST(ReceiveStatistics, the_burst_of_one_picture_is_no_jitter) {
  ReceiveStatistics statistics(90'000);
  for (int i = 0; i < 20; ++i) statistics.on_packet(i, 9000, kStart + milliseconds(i));
  EXPECT_EQ(statistics.jitter(), 0u);
}

TEST(ReceiveStatistics, tells_the_delay_since_the_last_sender_report) {
  ReceiveStatistics statistics(90'000);
  statistics.on_packet(0, 0, kStart);
  statistics.on_sender_report(0xaabbccdd'11223344, kStart);
  const auto block = statistics.report(1, kStart + milliseconds(500));
  EXPECT_EQ(block.last_sr, 0xccdd1122u);
  EXPECT_EQ(block.delay_since_last_sr, 32768u);
}

// RFC 3550 §6.4.1, figure 2: A = 0xb710:8000, LSR = 0xb705:2000, DLSR = 0x0005:4000 → 6.125 s.
TEST(NtpClock, reckons_the_rfcs_round_trip) {
  EXPECT_EQ(NtpClock::from_compact(0xb7108000u - 0xb7052000u - 0x00054000u), milliseconds(6125));
}

TEST(NtpClock, does_not_follow_jumps_of_the_wall_clock) {
  ManualClock clock;
  const NtpClock ntp(clock);
  const auto before = ntp.at(clock.now());
  clock.set_wall(WallTime{});
  clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(ntp.at(clock.now()) - before, std::uint64_t{1} << 32);
}

TEST(SequenceUnwrapper, counts_through_the_wrap_in_both_directions) {
  SequenceUnwrapper unwrapper;
  unwrapper.unwrap(65'534);
  EXPECT_EQ(unwrapper.unwrap(1).index, 65'537);
  EXPECT_EQ(unwrapper.unwrap(65'535).index, 65'535);
  EXPECT_EQ(unwrapper.resolve(0), 65'536);
}

TEST(SequenceUnwrapper, believes_a_jump_when_the_next_packet_follows) {
  using Outcome = SequenceUnwrapper::Outcome;
  SequenceUnwrapper unwrapper;
  unwrapper.unwrap(100);
  EXPECT_EQ(unwrapper.unwrap(30'000).outcome, Outcome::suspicious);
  EXPECT_EQ(unwrapper.unwrap(101).outcome, Outcome::ordered);
  EXPECT_EQ(unwrapper.unwrap(40'000).outcome, Outcome::suspicious);
  const auto again = unwrapper.unwrap(40'001);
  EXPECT_EQ(again.outcome, Outcome::restarted);
  EXPECT_GT(again.index, 101);
  EXPECT_EQ(again.index & 0xffff, 40'001);
}

TEST(ReceivedWindow, knows_duplicates_and_refuses_the_ancient) {
  ReceivedWindow window;
  EXPECT_TRUE(window.admit(10));
  EXPECT_FALSE(window.admit(10));
  EXPECT_TRUE(window.admit(12));
  EXPECT_TRUE(window.admit(11));
  EXPECT_FALSE(window.admit(11));
  EXPECT_TRUE(window.admit(12 + ReceivedWindow::kSize));
  EXPECT_FALSE(window.admit(12));
}

}  // namespace
}  // namespace diemcau::media
