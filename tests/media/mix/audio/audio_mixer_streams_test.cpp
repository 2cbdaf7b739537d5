#include <condition_variable>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/mix/audio_mixer_impl.hpp"
#include "tests/media/mix/audio/hall.hpp"
#include "tests/support/shared_clock.hpp"

namespace diemcau::media {
namespace {

using diemcau::test::SharedClock;
using diemcau::test::tone_level_db;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

struct Reader final : PacketReader {
  std::mutex mutex;
  std::condition_variable came;
  std::vector<PacketChunk> chunks;
  void on_chunk(EncodedStream&, const PacketChunk& chunk) noexcept override {
    const std::lock_guard lock(mutex);
    chunks.push_back(chunk);
    came.notify_all();
  }
  bool wait_for(std::size_t n) {
    std::unique_lock lock(mutex);
    return came.wait_for(lock, seconds(20), [&] { return chunks.size() >= n; });
  }
};

struct AudioMixerStreams : testing::Test {
  Metrics metrics;
  SharedClock clock;
  EventLoop loop{"t-0", 0, clock, metrics};
  std::vector<std::vector<HeardSource>> told;
  std::unique_ptr<AudioMixerImpl> mixer;
  Reader reader;

  void SetUp() override {
    loop.start();
    AudioMixerEvents events;
    events.on_heard = [this](std::vector<HeardSource> heard) { told.push_back(std::move(heard)); };
    auto made = AudioMixerImpl::create({}, {&loop}, clock, metrics, events, false);
    ASSERT_TRUE(made.has_value()) << made.error().detail;
    mixer = std::move(*made);
  }
  void TearDown() override {
    for (auto* stream : {mixer->opus().get(), mixer->red().get(), mixer->thin().get()})
      loop.post_and_wait([&] { stream->remove_reader(loop, reader); });
    loop.stop();
  }
  void read(EncodedStream& stream) {
    loop.post_and_wait([&] { stream.add_reader(loop, reader); });
  }
  void run(Duration length, const std::function<void()>& each = {}) {
    for (Duration t{}; t < length; t += milliseconds(20)) {
      clock.advance(milliseconds(20));
      if (each) each();
      mixer->run_due(clock.now());
    }
  }
};

TEST_F(AudioMixerStreams, publishes_one_chunk_per_tick_while_watched) {
  run(milliseconds(200));
  EXPECT_EQ(mixer->opus()->published(), 0u);
  read(*mixer->opus());
  run(milliseconds(200));
  ASSERT_TRUE(reader.wait_for(10));
  const std::lock_guard lock(reader.mutex);
  for (std::size_t i = 1; i < reader.chunks.size(); ++i) {
    const auto& a = reader.chunks[i - 1].packets.front();
    const auto& b = reader.chunks[i].packets.front();
    EXPECT_EQ(b.index, a.index + 1);
    EXPECT_EQ(b.timestamp, a.timestamp + 960);
    EXPECT_EQ(reader.chunks[i].captured - reader.chunks[i - 1].captured, milliseconds(20));
  }
  EXPECT_EQ(mixer->red()->published(), 0u);
}

TEST_F(AudioMixerStreams, publishes_a_thin_chunk_every_third_tick_while_watched) {
  run(milliseconds(200));
  EXPECT_EQ(mixer->thin()->published(), 0u);
  read(*mixer->thin());
  run(milliseconds(240));
  ASSERT_TRUE(reader.wait_for(4));
  EXPECT_EQ(mixer->thin()->published(), 4u);
  EXPECT_EQ(mixer->opus()->published(), 0u);
  const std::lock_guard lock(reader.mutex);
  for (std::size_t i = 1; i < reader.chunks.size(); ++i) {
    const auto& a = reader.chunks[i - 1].packets.front();
    const auto& b = reader.chunks[i].packets.front();
    EXPECT_EQ(b.index, a.index + 1);
    EXPECT_EQ(b.timestamp, a.timestamp + 2'880);
    EXPECT_EQ(reader.chunks[i].captured - reader.chunks[i - 1].captured, milliseconds(60));
  }
}

TEST_F(AudioMixerStreams, names_its_streams) {
  EXPECT_EQ(mixer->opus()->options().label, "mix-opus");
  EXPECT_EQ(mixer->red()->options().label, "mix-red");
  EXPECT_EQ(mixer->thin()->options().label, "mix-thin");
  EXPECT_EQ(mixer->aac()->options().label, "mix-aac");
}

TEST_F(AudioMixerStreams, a_stalled_thread_skips_ticks_and_keeps_the_clock) {
  read(*mixer->opus());
  run(milliseconds(100));
  clock.advance(seconds(1));
  EXPECT_EQ(mixer->run_due(clock.now()), 1);
  // Every chunk published has to have crossed to the loop: the last two are looked at.
  ASSERT_TRUE(reader.wait_for(mixer->opus()->published()));
  const std::lock_guard lock(reader.mutex);
  const auto& before = reader.chunks[reader.chunks.size() - 2];
  const auto& after = reader.chunks.back();
  EXPECT_EQ(after.packets[0].index, before.packets[0].index + 1);
  EXPECT_EQ(after.packets[0].timestamp, before.packets[0].timestamp + 50 * 960);
  EXPECT_EQ(after.captured - before.captured, seconds(1));
}

TEST_F(AudioMixerStreams, tells_who_is_heard_at_most_five_times_a_second) {
  auto input = mixer->open_input(SourceId{3});
  ASSERT_TRUE(input.has_value());
  test::SimulatedMicrophone microphone({}, clock.now());
  std::mt19937 random(2);
  run(seconds(4), [&] {
    microphone.set_amplitude(static_cast<double>(random() % 100 + 1) / 120);
    microphone.deliver_until(clock.now(), **input);
  });
  ASSERT_FALSE(told.empty());
  EXPECT_LE(told.size(), 20u);
  ASSERT_EQ(told.front().size(), 1u);
  EXPECT_EQ(told.front()[0].source, SourceId{3});
  mixer->set_gate(SourceId{3}, false);
  run(seconds(1), [&] { microphone.deliver_until(clock.now(), **input); });
  EXPECT_TRUE(told.back().empty());
}

TEST_F(AudioMixerStreams, comes_into_step_with_whoever_speaks) {
  read(*mixer->opus());
  for (int offset = 1; offset < 20; offset += 3) {
    const SourceId source{static_cast<std::uint64_t>(offset)};
    auto input = mixer->open_input(source);
    ASSERT_TRUE(input.has_value());
    test::SimulatedMicrophone microphone({}, clock.now() + milliseconds(offset));
    std::int64_t longest = 0;
    const auto speak = [&](Duration length, bool look) {
      for (Duration t{}; t < length; t += milliseconds(1)) {
        clock.advance(milliseconds(1));
        microphone.deliver_until(clock.now(), **input);
        if (mixer->run_due(clock.now()) == 0 || !look) continue;
        // The tick took 20 ms of what there was.
        longest = std::max(longest, mixer->core().delay_of(source, clock.now()) + kTickSamples);
      }
    };
    const auto concealed = mixer->counters().concealed.value();
    speak(seconds(6), false);
    speak(seconds(2), true);
    EXPECT_GT(longest, 0);
    EXPECT_LE(longest, ms_samples(15)) << "a site " << offset << " ms behind the grid";
    EXPECT_EQ(mixer->counters().concealed.value(), concealed);
    mixer->close_input(source);
    run(seconds(1));
  }
}

TEST_F(AudioMixerStreams, inputs_are_opened_once_and_closed_for_good) {
  auto input = mixer->open_input(SourceId{3});
  ASSERT_TRUE(input.has_value());
  EXPECT_EQ(mixer->open_input(SourceId{3}).error().kind, Errc::conflict);
  EXPECT_EQ(mixer->open_input(SourceId{}).error().kind, Errc::invalid_argument);
  mixer->close_input(SourceId{3});
  EXPECT_TRUE(mixer->open_input(SourceId{3}).has_value());
  mixer->close_input(SourceId{99});
  mixer->set_gate(SourceId{99}, true);
}

TEST(AudioMixerThread, ticks_by_itself_and_stops) {
  Metrics metrics;
  SystemClock clock;
  EventLoop loop("t-0", 0, clock, metrics);
  loop.start();
  Reader reader;
  {
    auto mixer = AudioMixer::create({}, {&loop}, clock, metrics, {});
    ASSERT_TRUE(mixer.has_value());
    auto stream = (*mixer)->opus();
    loop.post_and_wait([&] { stream->add_reader(loop, reader); });
    auto input = (*mixer)->open_input(SourceId{1});
    ASSERT_TRUE(input.has_value());
    EXPECT_TRUE(reader.wait_for(10));
    mixer->reset();
    // An endpoint that still holds the microphone of a closed meeting does no harm.
    const std::vector<std::uint8_t> bytes{1, 2, 3};
    UplinkPacket packet;
    packet.audio_level = 10;
    packet.payload = bytes;
    (*input)->on_uplink_packet(packet);
    loop.post_and_wait([&] { stream->remove_reader(loop, reader); });
  }
  loop.stop();
}

}  // namespace
}  // namespace diemcau::media
