// The stream for lines of 64 kbit/s.

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/media/mix/audio/hall.hpp"

namespace diemcau::media {
namespace {

using diemcau::test::largest_step;
using diemcau::test::level_db;
using diemcau::test::tone_level_db;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Hall;
using test::MicrophoneOptions;
using testing::UnorderedElementsAre;

MicrophoneOptions tone(double frequency, double amplitude = 0.2) {
  MicrophoneOptions options;
  options.frequency = frequency;
  options.amplitude = amplitude;
  return options;
}
constexpr double kTones[] = {400, 700, 1'100};

TEST(AudioThin, every_site_hears_the_others_and_never_itself) {
  Hall hall;
  for (std::uint64_t id = 1; id <= 3; ++id) hall.join(id, tone(kTones[id - 1]));
  for (std::uint64_t id = 0; id <= 3; ++id) hall.listen_thin(id);
  hall.wants.opus = false;
  hall.run(seconds(3));
  const double sent = 20 * std::log10(0.2);
  for (std::uint64_t id = 0; id <= 3; ++id) {
    const auto sound = hall.thin_listener(id).last(48'000);
    EXPECT_LT(largest_step(sound), 0.2F);
    for (std::uint64_t other = 1; other <= 3; ++other) {
      const double level = tone_level_db(sound, kTones[other - 1]);
      if (other == id) {
        EXPECT_LT(level, sent - 25) << "site " << id << " hears itself";
      } else {
        EXPECT_NEAR(level, sent, 3) << "site " << id << " should hear " << other;
      }
    }
  }
}

TEST(AudioThin, never_hears_itself_from_its_first_word_on) {
  Hall hall;
  hall.join(1, tone(400));
  hall.listen_thin(1);
  hall.run(seconds(2));
  EXPECT_LT(level_db(hall.thin_listener(1).heard), -60);
}

TEST(AudioThin, bears_the_timestamp_of_its_first_tick) {
  Hall hall;
  hall.wants.thin = true;
  std::vector<std::int64_t> at;
  std::vector<PacketInfo> packets;
  for (int i = 0; i < 12; ++i) {
    hall.tick();
    if (!hall.last.thin) continue;
    at.push_back(hall.ticks - 1);
    packets.push_back(hall.last.thin->packets.front());
    EXPECT_EQ(hall.last.thin->captured, hall.now - milliseconds(40));
  }
  EXPECT_THAT(at, testing::ElementsAre(2, 5, 8, 11));
  for (std::size_t i = 0; i < packets.size(); ++i) {
    EXPECT_EQ(packets[i].index, static_cast<std::int64_t>(i));
    EXPECT_EQ(packets[i].timestamp, i * 2'880);
  }
}

TEST(AudioThin, who_spoke_in_one_tick_of_three_has_a_packet_of_its_own) {
  Hall hall;
  auto& site = hall.join(1, tone(400));
  hall.wants.thin = true;
  hall.run(milliseconds(600));
  while (!hall.last.thin) hall.tick();  // the beginning of a window
  hall.tick();
  site.input->set_gate(false);  // closed behind the first tick of it
  hall.tick();
  hall.tick();
  ASSERT_TRUE(hall.last.thin);
  std::vector<std::uint64_t> variants;
  for (const auto& p : hall.last.thin->packets) variants.push_back(p.variant.value);
  EXPECT_THAT(variants, UnorderedElementsAre(0, 1));
  hall.run(milliseconds(120));
  while (!hall.last.thin) hall.tick();
  EXPECT_EQ(hall.last.thin->packets.size(), 1u);
}

TEST(AudioThin, is_encoded_only_while_wanted) {
  Hall hall;
  hall.wants = {};
  hall.join(1, tone(400));
  hall.run(seconds(1));
  EXPECT_EQ(hall.counters->encodes.value(), 0);
  hall.wants.thin = true;
  hall.run(milliseconds(300));
  EXPECT_EQ(hall.counters->encodes.value(), 2);
  hall.wants.opus = true;
  hall.run(milliseconds(300));
  EXPECT_EQ(hall.counters->encodes.value(), 4);
  hall.wants = {};
  hall.tick();
  EXPECT_EQ(hall.counters->encodes.value(), 0);
}

/// 64 kbit/s must hold it with room: and every packet of speech repairs the one before.
TEST(AudioThin, spends_some_seventeen_kilobits_and_carries_redundancy) {
  Hall hall;
  MicrophoneOptions voice;
  voice.frequency = 180;
  voice.syllables = true;
  hall.join(1, voice);
  hall.wants = {false, false, true};
  hall.run(seconds(2));
  std::size_t bytes = 0, packets = 0, with_redundancy = 0;
  for (int i = 0; i < 500; ++i) {
    hall.tick();
    if (!hall.last.thin) continue;
    const auto& packet = hall.last.thin->packets.front();
    ++packets;
    bytes += packet.size;
    if (opus_packet_has_fec(hall.last.thin->payload(packet))) ++with_redundancy;
  }
  EXPECT_LE(static_cast<double>(bytes) * 8 / 10, 20'000);
  EXPECT_GT(with_redundancy, packets / 2);
}

TEST(AudioThin, skipped_ticks_begin_a_new_packet) {
  Metrics metrics;
  AudioCounters counters(metrics);
  auto thin = *AudioThinDownlink::create({18'500, 5, 25}, counters);
  const AudioBlock silence{};
  std::vector<std::uint32_t> timestamps;
  for (const std::uint32_t n : {0, 1, 2, 3, 4, 9, 10, 11, 12}) {
    AudioTick tick;
    tick.timestamp = n * 960;
    if (const auto chunk = thin.encode(tick, silence, silence, {}))
      timestamps.push_back(chunk->packets.front().timestamp);
  }
  EXPECT_THAT(timestamps, testing::ElementsAre(0, 9 * 960));
}

}  // namespace
}  // namespace diemcau::media
