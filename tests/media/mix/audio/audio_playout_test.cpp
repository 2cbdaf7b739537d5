#include "media/mix/audio_playout.hpp"

#include <cmath>
#include <memory>
#include <random>

#include <gtest/gtest.h>

#include "media/codec/red.hpp"
#include "tests/media/mix/audio/simulated_microphone.hpp"

namespace diemcau::media {
namespace {

using diemcau::test::largest_step;
using diemcau::test::level_db;
using diemcau::test::tone_level_db;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::MicrophoneOptions;
using test::SimulatedMicrophone;

/// One microphone, one playout, ticks of 20 ms at a phase of their own.
struct Line {
  explicit Line(MicrophoneOptions options = {})
      : frequency(options.frequency), microphone(options, start) {}

  double frequency;
  Metrics metrics;
  AudioCounters counters{metrics};
  TimePoint start{std::chrono::hours(1)};
  TimePoint now{start + milliseconds(7)};
  SimulatedMicrophone microphone;
  AudioPlayout playout{counters};
  bool timing_only = false;  // as a silent site's packets come
  std::vector<float> heard;
  double least_delay = 1e9, most_delay = -1e9;  // ms

  void push(const UplinkPacket& p) {
    AudioPacket packet;
    packet.index = p.index;
    packet.timestamp = p.timestamp;
    packet.arrived = p.arrived;
    packet.red = p.red;
    packet.timing_only = timing_only;
    if (timing_only) {
      if (p.index % 5 == 0) playout.push(packet);
      return;
    }
    if (packet.set_payload(p.payload)) playout.push(packet);
  }
  void tick(bool decode = true) {
    now += milliseconds(20);
    microphone.deliver_until(now, [this](const UplinkPacket& p) { push(p); });
    if (!decode) return playout.skip(now);
    AudioBlock block;
    playout.pull(now, block);
    for (const float s : block) ASSERT_TRUE(std::isfinite(s));
    heard.insert(heard.end(), block.begin(), block.end());
    // Of the first sample of this tick, which has just been taken.
    const double delay = static_cast<double>(playout.delay(now) + kTickSamples) / 48;
    least_delay = std::min(least_delay, delay);
    most_delay = std::max(most_delay, delay);
  }
  void run(Duration length) {
    for (Duration t{}; t < length; t += milliseconds(20)) tick();
  }
  /// Forgets what was heard and the delays.
  void mark() {
    heard.clear();
    least_delay = 1e9, most_delay = -1e9;
    concealed_before = counters.concealed.value();
  }
  std::uint64_t concealed_before = 0;
  double concealed_share() const {
    return static_cast<double>(counters.concealed.value() - concealed_before) /
           static_cast<double>(heard.size());
  }
  /// Share of 20 ms windows in which the tone is within 6 dB of what it should be.
  double tone_share(double amplitude = 0.3) const {
    int good = 0, all = 0;
    for (std::size_t at = 0; at + 960 <= heard.size(); at += 960, ++all)
      if (tone_level_db(std::span(heard).subspan(at, 960), frequency) >
          20 * std::log10(amplitude) - 6)
        ++good;
    return static_cast<double>(good) / all;
  }
};

TEST(AudioPlayout, plays_what_was_sent_with_a_short_delay) {
  Line line;
  line.run(seconds(1));
  line.mark();
  line.run(seconds(5));
  EXPECT_EQ(line.counters.concealed.value(), 0u);
  EXPECT_EQ(line.counters.late.value(), 0u);
  EXPECT_EQ(line.tone_share(), 1.0);
  EXPECT_LE(line.most_delay, 22);
}

/// Wherever between two ticks the packets of a clean line fall, they wait for the tick and no more.
TEST(AudioPlayout, holds_nothing_above_the_wait_for_the_tick_on_a_clean_line) {
  double sum = 0;
  int phases = 0;
  for (int phase = 0; phase < 20; ++phase, ++phases) {
    Line line;
    line.now += milliseconds(phase);
    line.run(seconds(1));
    line.mark();
    line.run(seconds(2));
    EXPECT_EQ(line.counters.concealed.value(), 0u) << phase;
    EXPECT_EQ(line.tone_share(), 1.0) << phase;
    EXPECT_GE(line.least_delay, 3) << phase;
    EXPECT_LE(line.most_delay, 24) << phase;
    EXPECT_LT(largest_step(line.heard), 0.02F) << phase;
    sum += line.most_delay;
  }
  EXPECT_LE(sum / phases, 15);
}

/// A microphone opens in the middle of a word of unknown timing: it settles within half a second,
/// without a sample made up and without a step in the sound.
TEST(AudioPlayout, settles_within_half_a_second) {
  Line line;
  line.run(milliseconds(600));
  EXPECT_EQ(line.counters.concealed.value(), 0u);
  line.mark();
  line.run(milliseconds(40));
  EXPECT_LE(line.most_delay, 24);
}

TEST(AudioPlayout, changes_its_delay_without_a_glitch) {
  MicrophoneOptions options;
  Line line(options);
  line.run(seconds(2));
  for (const int jitter : {60, 0, 30, 0}) {
    line.microphone.set_jitter(milliseconds(jitter));
    line.run(seconds(3));  // what is made up while the delay grows is another test's
    const auto made_up = line.counters.concealed.value();
    line.mark();
    line.run(seconds(15));
    EXPECT_LE(line.counters.concealed.value() - made_up, ms_samples(150)) << jitter;
    EXPECT_LT(largest_step(line.heard), 0.05F) << jitter;
    if (jitter == 0) {
      EXPECT_EQ(line.counters.concealed.value(), made_up);
      line.mark();
      line.run(seconds(1));
      EXPECT_LE(line.most_delay, 26);
    }
  }
}

TEST(AudioPlayout, grows_at_once_when_a_line_begins_to_jitter) {
  Line line;
  line.run(seconds(5));
  line.mark();
  line.microphone.set_jitter(milliseconds(80));
  line.run(seconds(1));
  EXPECT_LT(line.concealed_share(), 0.2);
  EXPECT_GE(line.playout.cover(line.now), ms_samples(60));
  line.mark();
  line.run(seconds(3));
  EXPECT_LT(line.concealed_share(), 0.03);
}

TEST(AudioPlayout, knows_the_line_of_who_was_silent_before_the_first_word) {
  MicrophoneOptions options;
  options.jitter = milliseconds(60);
  Line line(options);
  line.timing_only = true;
  line.run(seconds(20));
  EXPECT_FALSE(line.playout.active(line.now));
  line.timing_only = false;
  line.run(milliseconds(40));
  line.mark();
  line.run(seconds(4));
  EXPECT_LT(line.concealed_share(), 0.02);
}

TEST(AudioPlayout, puts_reordered_packets_in_order) {
  MicrophoneOptions options;
  options.jitter = milliseconds(70);  // up to three places
  Line line(options);
  line.run(seconds(8));
  line.mark();
  line.run(seconds(20));
  EXPECT_LT(line.concealed_share(), 0.01);
  EXPECT_GT(line.tone_share(), 0.99);
  EXPECT_LE(line.most_delay, 150);
}

TEST(AudioPlayout, learns_the_delay_a_bad_line_needs_and_gives_it_back) {
  MicrophoneOptions options;
  options.jitter = milliseconds(120);
  Line line(options);
  line.run(seconds(20));
  EXPECT_GT(line.playout.target(line.now), ms_samples(110));
}

TEST(AudioPlayout, thirty_per_cent_loss_with_red_is_hardly_heard) {
  MicrophoneOptions options;
  options.red = true;
  options.expected_loss = 0;
  options.loss = 0.3;
  Line line(options);
  line.run(seconds(5));
  line.mark();
  line.run(seconds(60));
  // Two losses in a row leave nothing to mend with: 0.3 × 0.3.
  EXPECT_LT(line.concealed_share(), 0.11);
  EXPECT_GT(line.counters.recovered.value(), 400u);
  EXPECT_GT(line.tone_share(), 0.8);
}

TEST(AudioPlayout, red_mends_every_single_loss) {
  MicrophoneOptions options;
  options.red = true;
  Line line(options);
  line.run(seconds(3));
  line.microphone.set_loss(1);
  line.tick();
  line.microphone.set_loss(0);
  line.run(seconds(1));  // the first loss buys the time for redundancy
  line.mark();
  for (int i = 0; i < 100; ++i) {
    line.microphone.set_loss(1);
    line.tick();
    line.microphone.set_loss(0);
    for (int n = 0; n < 4; ++n) line.tick();
  }
  EXPECT_EQ(line.microphone.lost(), 101);
  EXPECT_EQ(line.concealed_share(), 0);
  EXPECT_EQ(line.tone_share(), 1.0);
}

TEST(AudioPlayout, in_band_redundancy_mends_most_single_losses) {
  MicrophoneOptions options;
  options.expected_loss = 20;
  options.syllables = true;  // the encoder spends redundancy on speech only, not on a steady tone
  options.loss = 0.05;
  Line line(options);
  line.run(seconds(5));
  line.mark();
  line.run(seconds(30));
  EXPECT_GT(line.counters.recovered.value(), 40u);
  EXPECT_LT(line.concealed_share(), 0.02);
}

TEST(AudioPlayout, concealment_makes_no_click) {
  MicrophoneOptions options;
  options.expected_loss = 0;
  options.loss = 0.3;
  Line line(options);
  line.run(seconds(30));
  // A 440 Hz sine of 0.3 steps by 0.017; a click of a tenth of full scale would be heard.
  EXPECT_LT(largest_step(line.heard), 0.1F);
  for (const float s : line.heard) ASSERT_LT(std::fabs(s), 0.9F);
  EXPECT_GT(line.concealed_share(), 0.2);
}

TEST(AudioPlayout, fades_to_silence_when_nothing_comes_and_starts_again) {
  Line line;
  line.run(seconds(3));
  line.microphone.set_loss(1);
  line.mark();
  line.run(milliseconds(600));
  EXPECT_LT(level_db(std::span(line.heard).last(4'800)), -100);
  EXPECT_LT(largest_step(line.heard), 0.05F);
  line.microphone.set_loss(0);
  line.run(milliseconds(300));
  line.mark();
  line.run(seconds(1));
  EXPECT_EQ(line.tone_share(), 1.0);
  EXPECT_LE(line.most_delay, 80);
}

TEST(AudioPlayout, follows_a_site_whose_clock_is_fast_or_slow_without_a_gap) {
  for (const double ppm : {200.0, -200.0}) {
    MicrophoneOptions options;
    options.clock_ppm = ppm;
    options.jitter = milliseconds(10);
    Line line(options);
    line.run(seconds(10));
    line.mark();
    line.run(minutes(10));
    EXPECT_EQ(line.concealed_share(), 0) << ppm;
    EXPECT_EQ(line.tone_share(), 1.0) << ppm;
    EXPECT_GE(line.least_delay, 10) << ppm;  // the jitter
    EXPECT_LE(line.most_delay, 45) << ppm;
    EXPECT_LT(largest_step(line.heard), 0.04F) << ppm;
    EXPECT_GT(line.counters.stretched.value(), 5u) << ppm;
    EXPECT_LT(line.counters.stretched.value(), 200u) << ppm;
  }
}

TEST(AudioPlayout, a_route_that_became_longer_is_followed_within_a_second) {
  Line line;
  line.run(seconds(5));
  line.microphone.set_network(milliseconds(410));
  line.run(seconds(1));
  line.mark();
  line.run(seconds(2));
  EXPECT_EQ(line.tone_share(), 1.0);
  EXPECT_LE(line.most_delay, 80);
}

TEST(AudioPlayout, a_route_that_became_shorter_is_followed_too) {
  MicrophoneOptions options;
  options.network = milliseconds(200);
  Line line(options);
  line.run(seconds(5));
  line.microphone.set_network(milliseconds(10));
  line.run(seconds(8));  // what was still under way counts as jitter for some seconds
  line.mark();
  line.run(seconds(2));
  EXPECT_EQ(line.tone_share(), 1.0);
  EXPECT_LE(line.most_delay, 60);
}

TEST(AudioPlayout, a_restarted_source_is_heard_again_at_once) {
  Line line;
  line.run(seconds(3));
  MicrophoneOptions other;
  other.first_timestamp = 3'000'000'000u;
  other.first_index = 40'000;
  line.microphone = SimulatedMicrophone(other, line.now);
  line.run(milliseconds(300));
  line.mark();
  line.run(seconds(1));
  EXPECT_EQ(line.counters.restarts.value(), 1u);
  EXPECT_EQ(line.tone_share(), 1.0);
}

TEST(AudioPlayout, a_source_that_counts_anew_from_a_lower_number_is_heard_again_at_once) {
  MicrophoneOptions first;
  first.first_index = 40'000;
  Line line(first);
  line.run(seconds(3));
  MicrophoneOptions other;
  other.first_timestamp = 3'000'000'000u;
  line.microphone = SimulatedMicrophone(other, line.now);
  line.run(milliseconds(300));
  line.mark();
  line.run(seconds(1));
  EXPECT_EQ(line.counters.restarts.value(), 1u);
  EXPECT_EQ(line.tone_share(), 1.0);
}

TEST(AudioPlayout, timestamps_wrap_unnoticed) {
  MicrophoneOptions options;
  options.first_timestamp = 0xFFFFFFFFu - 48'000;
  Line line(options);
  line.run(milliseconds(500));
  line.mark();
  line.run(seconds(3));
  EXPECT_EQ(line.tone_share(), 1.0);
  EXPECT_EQ(line.counters.restarts.value(), 0u);
}

TEST(AudioPlayout, who_becomes_heard_sounds_from_the_first_tick) {
  Line line;
  for (int i = 0; i < 100; ++i) line.tick(false);
  EXPECT_FALSE(line.playout.decoding());
  line.tick();
  EXPECT_TRUE(line.playout.decoding());
  EXPECT_GT(tone_level_db(std::span(line.heard).last(600), 440), -16);
}

TEST(AudioPlayout, who_is_no_longer_heard_fades_out_without_a_click) {
  Line line;
  line.run(seconds(2));
  AudioBlock block;
  line.playout.release(block);
  line.heard.insert(line.heard.end(), block.begin(), block.end());
  EXPECT_FALSE(line.playout.decoding());
  EXPECT_LT(largest_step(std::span(line.heard).last(1'920)), 0.03F);
  EXPECT_EQ(block.back(), 0);
}

TEST(AudioPlayout, one_stray_packet_of_another_timeline_changes_nothing) {
  Line line;
  line.run(seconds(2));
  line.mark();
  for (int i = 0; i < 100; ++i) {
    const std::vector<std::uint8_t> bytes{0x78, 1, 2, 3};
    UplinkPacket stray;
    stray.index = 5;
    stray.timestamp = 1'000'000'000u + static_cast<std::uint32_t>(i) * 7'000'000u;
    stray.payload = bytes;
    stray.arrived = line.now;
    line.push(stray);
    line.tick();
  }
  EXPECT_EQ(line.counters.restarts.value(), 0u);
  EXPECT_EQ(line.tone_share(), 1.0);
}

TEST(AudioPlayout, repairs_that_come_too_late_and_all_at_once_do_not_make_it_start_anew) {
  for (const int late_ticks : {20, 80}) {
    Line line;
    line.run(seconds(1));
    std::vector<UplinkPacket> held;
    std::vector<std::vector<std::uint8_t>> bytes;
    for (int tick = 0; tick < late_ticks + 10; ++tick) {
      line.now += milliseconds(20);
      line.microphone.deliver_until(line.now, [&](const UplinkPacket& p) {
        if (tick >= 10) return line.push(p);
        held.push_back(p);
        bytes.emplace_back(p.payload.begin(), p.payload.end());
      });
      AudioBlock block;
      line.playout.pull(line.now, block);
    }
    ASSERT_GE(held.size(), 9u);
    for (std::size_t i = 0; i < held.size(); ++i) {
      held[i].payload = bytes[i];
      held[i].arrived = line.now;
      line.push(held[i]);
    }
    line.mark();
    line.run(seconds(2));
    EXPECT_EQ(line.counters.restarts.value(), 0u) << late_ticks;
    EXPECT_EQ(line.counters.concealed.value(), line.concealed_before) << late_ticks;
  }
}

TEST(AudioPlayout, garbage_is_counted_and_harmless) {
  Line line;
  std::mt19937 random(5);
  std::vector<std::uint8_t> bytes;
  for (int i = 0; i < 5'000; ++i) {
    bytes.resize(random() % 200 + 1);
    for (auto& b : bytes) b = static_cast<std::uint8_t>(random());
    UplinkPacket p;
    p.index = i;
    p.timestamp =
        static_cast<std::uint32_t>(i % 3 == 0 ? random() : static_cast<unsigned>(i) * 960);
    p.red = i % 2 == 0;
    p.payload = bytes;
    p.arrived = line.now;
    line.push(p);
    if (i % 2 == 0) line.tick();
  }
  EXPECT_GT(line.counters.invalid_opus.value(), 0u);
  EXPECT_GT(line.counters.invalid_red.value(), 0u);
}

/// Packets of other lengths than 20 ms, cut from the same tone by a raw encoder.
TEST(AudioPlayout, packets_of_sixty_milliseconds_play_as_well) {
  Line line;
  auto encoder = *OpusVoiceEncoder::create({32'000, 1, 0});
  diemcau::test::ToneGenerator tone(440, 0.3);
  line.microphone.set_silent(true);
  std::vector<std::uint8_t> packet(1'200);
  for (int i = 0; i < 200; ++i) {
    UplinkPacket p;
    p.index = i;
    p.timestamp = static_cast<std::uint32_t>(i) * 2'880;
    const auto n = encoder.encode(tone.take(2'880), packet);
    p.payload = std::span(packet).first(n);
    p.arrived = line.now;
    line.push(p);
    for (int t = 0; t < 3; ++t) line.tick();
    if (i == 50) line.mark();
  }
  EXPECT_EQ(line.concealed_share(), 0);
  EXPECT_EQ(line.tone_share(), 1.0);
}

}  // namespace
}  // namespace diemcau::media
