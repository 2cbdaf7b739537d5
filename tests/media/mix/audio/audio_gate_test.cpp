#include "media/mix/audio_gate.hpp"

#include <memory>

#include <gtest/gtest.h>

#include "media/mix/audio_input.hpp"

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;
using Verdict = SilenceGate::Verdict;

struct Feed {
  SilenceGate gate;
  TimePoint now{std::chrono::hours(1)};
  Verdict packet(std::uint8_t level, std::size_t bytes = 80) {
    now += milliseconds(20);
    return gate.on_packet(level, false, bytes, now);
  }
};

TEST(SilenceGate, drops_silence_at_once_and_passes_speech_at_once) {
  Feed feed;
  EXPECT_EQ(feed.packet(90), Verdict::drop);
  EXPECT_EQ(feed.packet(30), Verdict::pass);
}

TEST(SilenceGate, keeps_half_a_second_behind_a_word_and_then_says_so) {
  Feed feed;
  feed.packet(30);
  for (int i = 0; i < 25; ++i) EXPECT_EQ(feed.packet(100), Verdict::pass) << i;
  EXPECT_EQ(feed.packet(100), Verdict::pass_as_last);
  EXPECT_EQ(feed.packet(100), Verdict::drop);
  EXPECT_EQ(feed.packet(30), Verdict::pass);
}

TEST(SilenceGate, does_not_flap_at_its_threshold) {
  Feed feed;
  EXPECT_EQ(feed.packet(SilenceGate::kAudible), Verdict::pass);
  for (int i = 0; i < 200; ++i)
    EXPECT_EQ(feed.packet(SilenceGate::kAudible + SilenceGate::kHysteresis), Verdict::pass);
}

TEST(SilenceGate, without_levels_judges_by_size) {
  Feed feed;
  EXPECT_EQ(feed.packet(127, 80), Verdict::pass);
  EXPECT_FALSE(feed.gate.metered());
  Feed muted;
  EXPECT_EQ(muted.packet(127, 3), Verdict::drop);
}

TEST(SilenceGate, once_levels_were_seen_127_is_silence) {
  Feed feed;
  EXPECT_EQ(feed.packet(100), Verdict::drop);
  EXPECT_TRUE(feed.gate.metered());
  EXPECT_EQ(feed.packet(127, 80), Verdict::drop);
}

struct InputTest : testing::Test {
  Metrics metrics;
  std::shared_ptr<AudioCounters> counters = std::make_shared<AudioCounters>(metrics);
  AudioInput input{SourceId{7}, counters};
  std::vector<std::uint8_t> bytes = std::vector<std::uint8_t>(80, 1);
  UplinkPacket packet(std::int64_t index) {
    UplinkPacket p;
    p.index = index;
    p.audio_level = 20;
    p.payload = bytes;
    p.arrived = TimePoint(std::chrono::hours(1));
    return p;
  }
};
using AudioInputTest = InputTest;

TEST_F(AudioInputTest, closed_gate_lets_nothing_into_the_queue_and_counts_it) {
  input.set_gate(false);
  input.on_uplink_packet(packet(1));
  AudioPacket out;
  EXPECT_FALSE(input.try_pop(out));
  EXPECT_EQ(counters->gated_closed.value(), 1u);
}

TEST_F(AudioInputTest, full_queue_refuses_the_newest_and_counts_it) {
  for (std::size_t i = 0; i < AudioInput::kQueuePackets + 5; ++i)
    input.on_uplink_packet(packet(static_cast<std::int64_t>(i)));
  EXPECT_EQ(counters->queue_dropped.value(), 5u);
  AudioPacket out;
  ASSERT_TRUE(input.try_pop(out));
  EXPECT_EQ(out.index, 0);
  EXPECT_EQ(out.payload().size(), 80u);
}

TEST_F(AudioInputTest, oversized_and_empty_payloads_are_counted_and_dropped) {
  bytes.assign(AudioPacket::kMaxPayload + 1, 1);
  input.on_uplink_packet(packet(1));
  bytes.clear();
  input.on_uplink_packet(packet(2));
  AudioPacket out;
  EXPECT_FALSE(input.try_pop(out));
  EXPECT_EQ(counters->invalid_size.value(), 2u);
}

}  // namespace
}  // namespace diemcau::media
