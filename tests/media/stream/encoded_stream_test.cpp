#include "media/stream/encoded_stream.hpp"

#include <atomic>
#include <future>
#include <thread>

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;

class CountingReader final : public PacketReader {
 public:
  void on_chunk(EncodedStream& stream, const PacketChunk& chunk) noexcept override {
    seen.push_back(chunk.packets.front().index);
    if (then) then(stream);
  }
  std::vector<std::int64_t> seen;
  std::function<void(EncodedStream&)> then;
};

class FrameCounter final : public EncodedFrameReader {
 public:
  void on_encoded_frame(const EncodedFramePtr&) noexcept override { ++frames; }
  std::atomic<int> frames{0};
};

PacketChunkPtr chunk_of(std::int64_t index, bool key = false) {
  auto chunk = std::make_shared<PacketChunk>();
  PacketInfo info;
  info.index = index;
  info.key_start = key;
  chunk->packets.push_back(info);
  return chunk;
}

class EncodedStreamTest : public testing::Test {
 protected:
  EncodedStreamTest() {
    for (auto* loop : loops_) loop->start();
    StreamDemand demand;
    demand.on_watched = [this](bool watched) { watched_calls_.push_back(watched); };
    demand.on_key_frame_needed = [this] { ++key_frames_; };
    stream_ = EncodedStream::create({}, {&a_, &b_}, clock_, std::move(demand));
  }
  ~EncodedStreamTest() override {
    for (auto* loop : loops_) loop->stop();
  }
  /// Returns when everything published before has been delivered: media keeps its order.
  void settle() {
    for (auto* loop : loops_) {
      std::promise<void> passed;
      loop->post_media([&passed] { passed.set_value(); });
      passed.get_future().wait();
    }
  }

  ManualClock clock_;
  Metrics metrics_;
  EventLoop a_{"a", 0, clock_, metrics_}, b_{"b", 1, clock_, metrics_};
  std::array<EventLoop*, 2> loops_{&a_, &b_};
  std::vector<bool> watched_calls_;
  std::atomic<int> key_frames_{0};
  std::shared_ptr<EncodedStream> stream_;
};

TEST_F(EncodedStreamTest, reaches_every_reader_on_every_loop_in_order) {
  std::array<CountingReader, 3> readers;
  a_.post_and_wait([&] {
    stream_->add_reader(a_, readers[0]);
    stream_->add_reader(a_, readers[1]);
  });
  b_.post_and_wait([&] { stream_->add_reader(b_, readers[2]); });
  for (int i = 0; i < 100; ++i) stream_->publish(chunk_of(i));
  settle();
  for (const auto& reader : readers) {
    ASSERT_EQ(reader.seen.size(), 100u);
    EXPECT_TRUE(std::is_sorted(reader.seen.begin(), reader.seen.end()));
  }
  EXPECT_EQ(stream_->published(), 100u);
  a_.post_and_wait([&] {
    stream_->remove_reader(a_, readers[0]);
    stream_->remove_reader(a_, readers[1]);
  });
  b_.post_and_wait([&] { stream_->remove_reader(b_, readers[2]); });
}

TEST_F(EncodedStreamTest, looks_at_each_reader_from_afar_before_its_turn) {
  // What is noted: {reader, distance}; a distance of 0 is its turn.
  std::vector<std::pair<int, unsigned>> notes;
  struct Noting final : PacketReader {
    void on_chunk(EncodedStream&, const PacketChunk&) noexcept override {
      notes->push_back({id, 0});
    }
    void approach(unsigned distance) const noexcept override { notes->push_back({id, distance}); }
    int id = 0;
    std::vector<std::pair<int, unsigned>>* notes = nullptr;
  };
  constexpr int kReaders = 10;
  std::array<Noting, kReaders> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers[i].id = i;
    readers[i].notes = &notes;
    a_.post_and_wait([&] { stream_->add_reader(a_, readers[i]); });
  }
  stream_->publish(chunk_of(0));
  settle();
  for (int id = 0; id < kReaders; ++id) {
    std::vector<unsigned> distances;
    for (const auto& [reader, distance] : notes)
      if (reader == id) distances.push_back(distance);
    std::vector<unsigned> expected;  // the first few have nobody before them to look from
    for (unsigned d = std::min<unsigned>(PacketReader::kAhead - 1, id); d > 0; --d)
      expected.push_back(d);
    expected.push_back(0);
    EXPECT_EQ(distances, expected) << "reader " << id;
  }
  for (auto& reader : readers) a_.post_and_wait([&] { stream_->remove_reader(a_, reader); });
}

TEST_F(EncodedStreamTest, is_watched_by_packet_readers_and_frame_readers_alike) {
  CountingReader reader;
  auto frames = std::make_shared<FrameCounter>();
  a_.post_and_wait([&] { stream_->add_reader(a_, reader); });
  stream_->add_frame_reader(frames);
  a_.post_and_wait([&] { stream_->remove_reader(a_, reader); });
  EXPECT_EQ(watched_calls_, std::vector<bool>{true});
  stream_->publish(std::make_shared<EncodedFrame>());
  EXPECT_EQ(frames->frames, 1);
  stream_->remove_frame_reader(frames.get());
  EXPECT_EQ(watched_calls_, (std::vector<bool>{true, false}));
}

TEST_F(EncodedStreamTest, a_destroyed_frame_reader_stops_watching_at_the_next_frame) {
  auto frames = std::make_shared<FrameCounter>();
  stream_->add_frame_reader(frames);
  frames.reset();
  stream_->publish(std::make_shared<EncodedFrame>());
  EXPECT_FALSE(stream_->watched());
  EXPECT_EQ(watched_calls_, (std::vector<bool>{true, false}));
}

TEST_F(EncodedStreamTest, merges_key_frame_requests_within_the_interval) {
  for (int i = 0; i < 5; ++i) stream_->request_key_frame();
  EXPECT_EQ(key_frames_, 1);
  clock_.advance(milliseconds(300));
  stream_->request_key_frame();
  EXPECT_EQ(key_frames_, 2);
}

TEST_F(EncodedStreamTest, lets_readers_come_and_go_while_a_chunk_is_delivered) {
  CountingReader leaver, other, comer;
  leaver.then = [&](EncodedStream& s) {
    s.remove_reader(a_, leaver);
    s.remove_reader(a_, other);
    s.add_reader(a_, comer);
  };
  a_.post_and_wait([&] {
    stream_->add_reader(a_, leaver);
    stream_->add_reader(a_, other);
    stream_->publish(chunk_of(1));  // on the loop itself: delivered at once
    EXPECT_EQ(leaver.seen.size(), 1u);
    EXPECT_TRUE(other.seen.empty());
    EXPECT_TRUE(comer.seen.empty());
    stream_->publish(chunk_of(2));
    EXPECT_EQ(leaver.seen.size(), 1u);
    EXPECT_EQ(comer.seen, std::vector<std::int64_t>{2});
    stream_->remove_reader(a_, comer);
  });
  EXPECT_FALSE(stream_->watched());
}

TEST_F(EncodedStreamTest, each_loop_finds_its_history_and_forgets_it_with_the_last_reader) {
  CountingReader reader;
  a_.post_and_wait([&] {
    stream_->add_reader(a_, reader);
    stream_->publish(chunk_of(1, true));
    EXPECT_NE(stream_->find(a_, 1, {}).packet, nullptr);
    int replayed = 0;
    EXPECT_TRUE(stream_->replay_from_key_frame(a_, [&](const PacketChunk&) { ++replayed; }));
    EXPECT_EQ(replayed, 1);
    stream_->remove_reader(a_, reader);
    EXPECT_EQ(stream_->find(a_, 1, {}).packet, nullptr);
  });
}

TEST_F(EncodedStreamTest, may_be_destroyed_while_packets_are_under_way) {
  CountingReader reader;
  a_.post_and_wait([&] { stream_->add_reader(a_, reader); });
  std::atomic<bool> stop{false};
  // Keeps the loop busy so that posts are still waiting when the last owner lets go.
  a_.post([&] {
    while (!stop) std::this_thread::yield();
  });
  for (int i = 0; i < 50; ++i) stream_->publish(chunk_of(i));
  const std::weak_ptr<EncodedStream> watched = stream_;
  stream_.reset();
  stop = true;
  settle();
  EXPECT_EQ(reader.seen.size(), 50u);
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace diemcau::media
