#include "media/stream/packet_history.hpp"

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

using std::chrono::seconds;
constexpr TimePoint kStart{std::chrono::hours(1)};

PacketChunkPtr chunk_of(std::vector<PacketInfo> packets) {
  auto chunk = std::make_shared<PacketChunk>();
  chunk->packets = std::move(packets);
  return chunk;
}
PacketInfo packet(std::int64_t index, bool key = false, SourceId variant = {}) {
  PacketInfo info;
  info.index = index;
  info.key_start = key;
  info.variant = variant;
  return info;
}

TEST(PacketHistory, finds_a_packet_by_index) {
  PacketHistory history(16, seconds(2));
  history.push(chunk_of({packet(5), packet(6)}), kStart);
  ASSERT_NE(history.find(6, {}).packet, nullptr);
  EXPECT_EQ(history.find(6, {}).packet->index, 6);
  EXPECT_EQ(history.find(7, {}).packet, nullptr);
  EXPECT_EQ(history.find(4, {}).packet, nullptr);
}

TEST(PacketHistory, forgets_the_oldest_above_its_number) {
  PacketHistory history(4, seconds(2));
  for (int i = 0; i < 6; ++i) history.push(chunk_of({packet(i)}), kStart);
  EXPECT_EQ(history.find(1, {}).packet, nullptr);
  EXPECT_NE(history.find(2, {}).packet, nullptr);
}

TEST(PacketHistory, lets_go_of_chunks_above_its_age) {
  PacketHistory history(16, seconds(2));
  auto old = chunk_of({packet(1)});
  const std::weak_ptr<const PacketChunk> watched = old;
  history.push(old, kStart);
  old.reset();
  history.push(chunk_of({packet(2)}), kStart + seconds(3));
  EXPECT_TRUE(watched.expired());
  EXPECT_EQ(history.find(1, {}).packet, nullptr);
}

TEST(PacketHistory, keeps_a_packet_that_came_late) {
  PacketHistory history(16, seconds(2));
  history.push(chunk_of({packet(1)}), kStart);
  history.push(chunk_of({packet(3)}), kStart);
  EXPECT_EQ(history.find(2, {}).packet, nullptr);
  history.push(chunk_of({packet(2)}), kStart);
  EXPECT_NE(history.find(2, {}).packet, nullptr);
}

TEST(PacketHistory, prefers_the_readers_variant_and_falls_back_to_the_common_one) {
  PacketHistory history(16, seconds(2));
  history.push(chunk_of({packet(1), packet(1, false, SourceId{7}), packet(2)}), kStart);
  EXPECT_EQ(history.find(1, SourceId{7}).packet->variant, SourceId{7});
  EXPECT_EQ(history.find(1, SourceId{8}).packet->variant, SourceId{});
  EXPECT_EQ(history.find(2, SourceId{7}).packet->variant, SourceId{});
}

TEST(PacketHistory, replays_from_the_newest_key_frame_each_chunk_once) {
  PacketHistory history(16, seconds(2));
  std::vector<std::int64_t> seen;
  const auto note = [&](const PacketChunk& c) { seen.push_back(c.packets.front().index); };
  EXPECT_FALSE(history.replay_from_key_frame(note));
  history.push(chunk_of({packet(1, true), packet(2)}), kStart);
  history.push(chunk_of({packet(3)}), kStart);
  history.push(chunk_of({packet(4, true), packet(5)}), kStart);
  history.push(chunk_of({packet(6)}), kStart);
  EXPECT_TRUE(history.replay_from_key_frame(note));
  EXPECT_EQ(seen, (std::vector<std::int64_t>{4, 6}));
}

TEST(PacketHistory, has_no_key_frame_once_its_first_packet_is_gone) {
  PacketHistory history(4, seconds(2));
  history.push(chunk_of({packet(1, true)}), kStart);
  for (int i = 2; i < 8; ++i) history.push(chunk_of({packet(i)}), kStart);
  EXPECT_FALSE(history.replay_from_key_frame([](const PacketChunk&) {}));
}

TEST(PacketHistory, survives_a_jump_of_the_numbers) {
  PacketHistory history(4, seconds(2));
  history.push(chunk_of({packet(1, true)}), kStart);
  history.push(chunk_of({packet(1'000'000'000)}), kStart);
  EXPECT_EQ(history.find(1, {}).packet, nullptr);
  EXPECT_NE(history.find(1'000'000'000, {}).packet, nullptr);
  history.push(chunk_of({packet(2)}), kStart);  // hopelessly late: not kept
  EXPECT_EQ(history.find(2, {}).packet, nullptr);
}

}  // namespace
}  // namespace diemcau::media
