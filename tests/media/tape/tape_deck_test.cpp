#include "media/tape/tape_deck.hpp"

#include <condition_variable>
#include <future>
#include <mutex>

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;

/// What the deck published and said, waited for by condition variable.
struct Heard final : PacketReader {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::vector<std::uint8_t>> payloads;
  std::optional<Recorded> recorded;
  int played = 0;

  void on_chunk(EncodedStream&, const PacketChunk& chunk) noexcept override {
    const std::lock_guard lock(mutex);
    payloads.push_back(chunk.bytes);
  }
  template <class Ready>
  bool wait(Ready ready) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(20), ready);
  }
};

struct TapeDeckTest : testing::Test {
  SystemClock clock;
  Metrics metrics;
  TransportLoop loop{0, clock, metrics};
  Heard heard;
  std::shared_ptr<EncodedStream> stream;
  std::unique_ptr<TapeDeck> deck;

  TapeDeckTest() {
    loop.start();
    EncodedStream::Options options;
    options.codec = Codec::opus;
    options.label = "check-sound";
    stream = EncodedStream::create(options, {&loop}, clock, {});
    loop.post_and_wait([this] { stream->add_reader(loop, heard); });
    TapeDeckEvents events;
    events.on_recorded = [this](const Recorded& recorded) {
      const std::lock_guard lock(heard.mutex);
      heard.recorded = recorded;
      heard.changed.notify_all();
    };
    events.on_played = [this] {
      const std::lock_guard lock(heard.mutex);
      ++heard.played;
      heard.changed.notify_all();
    };
    TapeDeck::Options deck_options;
    deck_options.length = milliseconds(200);
    deck_options.tone = std::make_shared<const Tone>(Tone{{7, 7}, {8, 8}, {9, 9}});
    deck = std::make_unique<TapeDeck>(loop, deck_options, std::move(events));
  }
  ~TapeDeckTest() override {
    deck.reset();
    loop.post_and_wait([this] { stream->remove_reader(loop, heard); });
    loop.stop();
  }
  void speak(std::uint8_t what) {
    loop.post_and_wait([this, what] {
      const std::vector<std::uint8_t> payload(3, what);
      UplinkPacket packet;
      packet.index = what;
      packet.payload = payload;
      packet.arrived = clock.now();
      deck->sound()->on_uplink_packet(packet);
    });
  }
};

TEST_F(TapeDeckTest, records_for_its_time_and_plays_what_it_heard) {
  speak(1);  // before: not kept
  deck->record();
  speak(2);
  speak(3);
  ASSERT_TRUE(heard.wait([&] { return heard.recorded.has_value(); }));
  EXPECT_EQ(heard.recorded->sound_packets, 2u);
  EXPECT_EQ(heard.recorded->picture_packets, 0u);
  EXPECT_EQ(heard.recorded->bytes, 6u);
  EXPECT_FALSE(heard.recorded->cut);
  for (int round = 1; round <= 2; ++round) {
    deck->play({stream, nullptr});
    ASSERT_TRUE(heard.wait([&] { return heard.played == round; }));
    const std::lock_guard lock(heard.mutex);
    ASSERT_EQ(heard.payloads.size(), 2u * static_cast<std::size_t>(round));
    EXPECT_EQ(heard.payloads.back(), std::vector<std::uint8_t>(3, 3));
  }
}

TEST_F(TapeDeckTest, plays_its_tone_and_keeps_what_was_recorded) {
  deck->record();
  speak(2);
  ASSERT_TRUE(heard.wait([&] { return heard.recorded.has_value(); }));
  deck->play_tone(stream);
  ASSERT_TRUE(heard.wait([&] { return heard.played == 1; }));
  {
    const std::lock_guard lock(heard.mutex);
    EXPECT_EQ(heard.payloads, (std::vector<std::vector<std::uint8_t>>{{7, 7}, {8, 8}, {9, 9}}));
    heard.payloads.clear();
  }
  deck->play({stream, nullptr});
  ASSERT_TRUE(heard.wait([&] { return heard.played == 2; }));
  const std::lock_guard lock(heard.mutex);
  EXPECT_EQ(heard.payloads.size(), 1u);
}

TEST_F(TapeDeckTest, with_nothing_recorded_a_replay_is_over_at_once) {
  deck->play({stream, nullptr});
  ASSERT_TRUE(heard.wait([&] { return heard.played == 1; }));
  EXPECT_TRUE(heard.payloads.empty());
}

TEST_F(TapeDeckTest, says_nothing_more_once_it_is_gone) {
  deck->record();
  auto sound = deck->sound();  // an endpoint may keep it a little longer
  deck.reset();
  loop.post_and_wait([&] { sound->on_uplink_packet({}); });
  // Another one's time, begun later and as long, is over last.
  std::promise<void> over;
  TapeDeckEvents events;
  events.on_recorded = [&over](const Recorded&) { over.set_value(); };
  TapeDeck::Options options;
  options.length = milliseconds(200);
  TapeDeck later(loop, options, std::move(events));
  later.record();
  ASSERT_EQ(over.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  const std::lock_guard lock(heard.mutex);
  EXPECT_FALSE(heard.recorded);
}

}  // namespace
}  // namespace diemcau::media
