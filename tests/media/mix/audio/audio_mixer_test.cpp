#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/codec/red.hpp"
#include "media/rtp/packet_output.hpp"
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
using testing::ElementsAre;
using testing::UnorderedElementsAre;

MicrophoneOptions tone(double frequency, double amplitude = 0.2) {
  MicrophoneOptions options;
  options.frequency = frequency;
  options.amplitude = amplitude;
  return options;
}
constexpr double kTones[] = {400, 700, 1'100};

TEST(AudioMixer, three_sites_hear_the_two_others_and_never_themselves) {
  Hall hall;
  for (std::uint64_t id = 1; id <= 3; ++id) hall.join(id, tone(kTones[id - 1]));
  for (std::uint64_t id = 0; id <= 3; ++id) hall.listen(id);
  hall.run(seconds(3));
  const double sent = 20 * std::log10(0.2);
  for (std::uint64_t id = 0; id <= 3; ++id) {
    const auto sound = hall.listener(id).last(48'000);
    for (std::uint64_t other = 1; other <= 3; ++other) {
      const double level = tone_level_db(sound, kTones[other - 1]);
      if (other == id) {
        EXPECT_LT(level, -50) << "site " << id << " hears itself";
        EXPECT_LT(level, sent - 40);
      } else {
        EXPECT_NEAR(level, sent, 3) << "site " << id << " should hear " << other;
      }
    }
  }
}

TEST(AudioMixer, never_hears_itself_from_its_first_word_on) {
  Hall hall;
  hall.join(1, tone(400));
  hall.listen(1);
  hall.run(seconds(2));
  EXPECT_LT(level_db(hall.listener(1).heard), -60);
}

TEST(AudioMixer, encodes_once_for_everybody_and_once_for_each_heard) {
  Hall hall;
  for (std::uint64_t id = 1; id <= 3; ++id) hall.join(id, tone(kTones[id - 1]));
  hall.run(seconds(1));
  EXPECT_EQ(hall.counters->encodes.value(), 4);
  EXPECT_EQ(hall.counters->heard.value(), 3);
  ASSERT_EQ(hall.last.opus->packets.size(), 4u);
  std::set<std::uint64_t> variants;
  for (const auto& p : hall.last.opus->packets) {
    variants.insert(p.variant.value);
    EXPECT_EQ(p.index, hall.ticks - 1);
    EXPECT_EQ(p.timestamp, static_cast<std::uint32_t>((hall.ticks - 1) * 960));
    EXPECT_LT(p.audio_level, 40);
  }
  EXPECT_THAT(variants, ElementsAre(0, 1, 2, 3));
  hall.wants = {};
  hall.tick();
  EXPECT_EQ(hall.counters->encodes.value(), 0);  // nobody listens
}

TEST(AudioMixer, the_sixth_loudest_is_not_decoded) {
  Hall hall;
  for (std::uint64_t id = 1; id <= 6; ++id)
    hall.join(id, tone(300.0 * static_cast<double>(id), id == 4 ? 0.01 : 0.1));
  hall.listen(0);
  hall.run(seconds(4));
  EXPECT_THAT(hall.heard(), UnorderedElementsAre(1, 2, 3, 5, 6));
  EXPECT_EQ(hall.counters->decodes.value(), 5);
  EXPECT_EQ(hall.core->decoding(), 5u);
  EXPECT_LT(tone_level_db(hall.listener(0).last(24'000), 1'200), -55);  // sent at -40
  EXPECT_EQ(hall.counters->encodes.value(), 6);
}

TEST(AudioMixer, who_speaks_up_takes_the_place_of_the_quietest) {
  Hall hall;
  for (std::uint64_t id = 1; id <= 6; ++id)
    hall.join(id, tone(300.0 * static_cast<double>(id), id == 4 ? 0.01 : 0.1));
  hall.run(seconds(3));
  hall.sites[4].microphone->set_amplitude(0.4);
  hall.run(milliseconds(500));
  const auto heard = hall.heard();
  EXPECT_EQ(heard.size(), 5u);
  EXPECT_EQ(heard.front(), 4u);
}

TEST(AudioMixer, a_closed_gate_lets_nothing_pass_whatever_the_site_sends) {
  Hall hall;
  hall.join(1, tone(400, 0.9)).input->set_gate(false);
  hall.join(2, tone(700));
  hall.listen(0);
  hall.run(seconds(3));
  EXPECT_THAT(hall.heard(), ElementsAre(2));
  EXPECT_LT(tone_level_db(hall.mixed, 400), -80);
  EXPECT_LT(tone_level_db(hall.listener(0).last(96'000), 400), -60);
  EXPECT_GT(hall.counters->gated_closed.value(), 140u);
}

TEST(AudioMixer, closing_a_gate_silences_within_a_tick_and_opening_it_is_heard_again) {
  Hall hall;
  hall.join(1, tone(400));
  hall.run(seconds(1));
  hall.sites[1].input->set_gate(false);
  hall.run(milliseconds(20));  // 5 ms of fade
  hall.mixed.clear();
  hall.run(milliseconds(500));
  EXPECT_EQ(level_db(hall.mixed), -200);
  EXPECT_EQ(hall.counters->decodes.value(), 0);
  hall.sites[1].input->set_gate(true);
  hall.run(milliseconds(200));
  hall.mixed.clear();
  hall.run(milliseconds(500));
  EXPECT_NEAR(tone_level_db(hall.mixed, 400), 20 * std::log10(0.2), 2);
}

TEST(AudioMixer, a_site_that_leaves_fades_out_and_one_that_comes_back_is_heard) {
  Hall hall;
  hall.join(1, tone(400));
  hall.run(seconds(1));
  hall.leave(1);
  hall.run(milliseconds(100));
  EXPECT_LT(largest_step(std::span(hall.mixed).last(9'600)), 0.03F);
  EXPECT_EQ(level_db(std::span(hall.mixed).last(960)), -200);
  auto again = tone(400);
  again.first_timestamp = 77;
  again.first_index = 60'000;
  hall.join(1, again);
  hall.run(milliseconds(300));
  hall.mixed.clear();
  hall.run(seconds(1));
  EXPECT_NEAR(tone_level_db(hall.mixed, 400), 20 * std::log10(0.2), 2);
}

TEST(AudioMixer, five_at_full_scale_do_not_clip_the_mix) {
  Hall hall;
  for (std::uint64_t id = 1; id <= 5; ++id)
    hall.join(id, tone(200.0 * static_cast<double>(id) + 30, 0.99));
  hall.listen(0);
  hall.run(seconds(3));
  for (const float s : hall.mixed) ASSERT_LT(std::fabs(s), 1.0F);
  for (const float s : hall.listener(0).heard) ASSERT_LT(std::fabs(s), 1.2F);
  EXPECT_GT(level_db(std::span(hall.mixed).last(48'000)), -12);
}

TEST(AudioMixer, sites_without_levels_are_measured_and_heard) {
  Hall hall;
  auto options = tone(700);
  options.levels = false;
  hall.join(1, options);
  hall.listen(0);
  hall.run(seconds(2));
  EXPECT_THAT(hall.heard(), ElementsAre(1));
  EXPECT_NEAR(tone_level_db(hall.listener(0).last(24'000), 700), 20 * std::log10(0.2), 3);
}

TEST(AudioMixer, of_many_sites_without_levels_only_few_are_decoded_and_each_gets_its_turn) {
  Hall hall;
  for (std::uint64_t id = 1; id <= 30; ++id) {
    auto options = tone(500, 0.0003);  // a hall's noise
    options.levels = false;
    hall.join(id, options);
  }
  std::size_t most = 0;
  for (int i = 0; i < 100; ++i) {
    hall.tick();
    most = std::max(most, hall.core->decoding());
  }
  EXPECT_LE(most, AudioMixCore::kMostProbed + 5);
  hall.sites[29].microphone->set_amplitude(0.3);
  hall.run(seconds(6));
  ASSERT_FALSE(hall.heard().empty());
  EXPECT_EQ(hall.heard().front(), 29u);
}

TEST(AudioMixer, silence_is_dropped_before_the_queue_and_nobody_is_heard) {
  Hall hall;
  hall.join(1, tone(400, 0.0002));
  hall.run(seconds(2));
  EXPECT_TRUE(hall.heard().empty());
  EXPECT_GT(hall.counters->gated_silence.value(), 90u);
  EXPECT_EQ(hall.counters->decodes.value(), 0);
}

TEST(AudioMixer, a_pause_between_words_is_not_concealed) {
  Hall hall;
  hall.join(1, tone(400));
  for (int i = 0; i < 10; ++i) {
    hall.sites[1].microphone->set_amplitude(0.2);
    hall.run(seconds(1));
    hall.sites[1].microphone->set_amplitude(0);
    hall.run(seconds(1));
  }
  EXPECT_EQ(hall.counters->concealed.value(), 0u);
  EXPECT_LT(largest_step(hall.mixed), 0.05F);
}

TEST(AudioMixer, red_carries_each_packet_twice) {
  Hall hall;
  hall.wants = {true, true};
  hall.join(1, tone(400));
  hall.join(2, tone(700));
  hall.run(seconds(1));
  const auto before = hall.last.opus;
  hall.tick();
  ASSERT_EQ(hall.last.red->packets.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& info = hall.last.red->packets[i];
    const auto red = parse_red(hall.last.red->payload(info));
    ASSERT_TRUE(red);
    ASSERT_EQ(red->count, 2u);
    EXPECT_EQ(info.variant, before->packets[i].variant);
    EXPECT_EQ(info.index, hall.last.opus->packets[i].index);
    EXPECT_EQ(red->primary().payload_type, 111);
    EXPECT_EQ(red->redundant()[0].payload_type, 111);
    EXPECT_EQ(red->redundant()[0].timestamp_offset, 960);
    EXPECT_TRUE(std::ranges::equal(red->redundant()[0].data, before->payload(before->packets[i])));
    EXPECT_TRUE(std::ranges::equal(red->primary().data,
                                   hall.last.opus->payload(hall.last.opus->packets[i])));
    EXPECT_LE(info.size, kMaxRtpPayload);
  }
}

TEST(AudioMixer, who_becomes_heard_gets_the_shared_packet_as_redundancy) {
  Hall hall;
  hall.wants = {true, true};
  hall.run(milliseconds(100));
  hall.join(1, tone(400));
  auto before = hall.last.opus;
  while (hall.heard().empty()) {
    before = hall.last.opus;
    hall.tick();
  }
  ASSERT_EQ(hall.last.red->packets.size(), 2u);
  const auto red = parse_red(hall.last.red->payload(hall.last.red->packets[1]));
  ASSERT_TRUE(red);
  ASSERT_EQ(red->count, 2u);
  EXPECT_TRUE(std::ranges::equal(red->redundant()[0].data, before->payload(before->packets[0])));
}

TEST(AudioMixer, garbage_from_one_site_does_not_touch_the_others) {
  Hall hall;
  hall.join(1, tone(400));
  hall.join(2, tone(700)).microphone->set_silent(true);
  std::vector<std::uint8_t> bytes;
  std::mt19937 random(1);
  hall.run(seconds(1));
  hall.mixed.clear();
  for (int i = 0; i < 250; ++i) {
    for (int n = 0; n < 100; ++n) {  // a flood, too
      bytes.resize(random() % 300 + 1);
      for (auto& b : bytes) b = static_cast<std::uint8_t>(random());
      UplinkPacket p;
      p.index = i * 100 + n;
      p.timestamp = static_cast<std::uint32_t>(p.index * 960);
      p.audio_level = 10;
      p.red = n % 2 == 0;
      p.payload = bytes;
      p.arrived = hall.now;
      hall.sites[2].input->on_uplink_packet(p);
    }
    hall.tick();
  }
  EXPECT_GT(hall.counters->queue_dropped.value(), 10'000u);
  EXPECT_GT(hall.counters->invalid_opus.value() + hall.counters->invalid_red.value(), 1'000u);
  for (const float s : hall.mixed) ASSERT_TRUE(std::isfinite(s) && std::fabs(s) < 1);
  EXPECT_GT(tone_level_db(hall.mixed, 400), -20);
}

TEST(AudioMixer, refuses_options_it_cannot_keep) {
  AudioMixerOptions options;
  options.sample_rate = 44'100;
  Metrics metrics;
  EXPECT_FALSE(AudioMixCore::create(options, std::make_shared<AudioCounters>(metrics)).has_value());
}

}  // namespace
}  // namespace diemcau::media
