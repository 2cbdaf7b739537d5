#include "media/stream/chunk_pool.hpp"

#include <array>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

TEST(ChunkPool, uses_again_what_its_last_reader_let_go_of) {
  ChunkPool pool(1400);
  auto first = pool.take();
  first->bytes.assign(1200, 1);
  first->packets.push_back({});
  const PacketChunkPtr held = first;
  const auto* address = first.get();
  first.reset();
  const auto second = pool.take();
  EXPECT_NE(second.get(), address) << "somebody still reads it";
  EXPECT_EQ(held->bytes.size(), 1200u);
}

TEST(ChunkPool, gives_out_empty_chunks_with_room) {
  ChunkPool pool(1400);
  const auto* address = pool.take().get();
  auto chunk = pool.take();
  EXPECT_EQ(chunk.get(), address);
  const auto* room = chunk->bytes.data();
  chunk->bytes.assign(1400, 1);
  EXPECT_EQ(chunk->bytes.data(), room) << "no room had to be found";
  chunk->packets.push_back({});
  chunk.reset();
  chunk = pool.take();
  EXPECT_TRUE(chunk->bytes.empty());
  EXPECT_TRUE(chunk->packets.empty());
}

TEST(ChunkPool, waits_for_weak_references_too) {
  ChunkPool pool(100);
  auto chunk = pool.take();
  const auto* address = chunk.get();
  std::weak_ptr<PacketChunk> weak = chunk;
  chunk.reset();
  EXPECT_TRUE(weak.expired());
  EXPECT_NE(pool.take().get(), address);
  weak.reset();
  std::set<const PacketChunk*> given;
  std::vector<std::shared_ptr<PacketChunk>> taken;
  for (int i = 0; i < 2; ++i) given.insert(taken.emplace_back(pool.take()).get());
  EXPECT_TRUE(given.contains(address));
}

TEST(ChunkPool, keeps_no_more_than_its_bound_and_may_go_before_its_chunks) {
  std::vector<std::shared_ptr<PacketChunk>> taken;
  {
    ChunkPool pool(100);
    for (std::size_t i = 0; i < ChunkPool::kKept + 10; ++i) taken.push_back(pool.take());
    taken.resize(5);  // more come back than are kept: a leak check sees what is not freed
  }
  EXPECT_TRUE(taken.back()->packets.empty());
}

/// Readers on two loops let go of each chunk, whoever is last.
TEST(ChunkPool, gets_back_what_other_threads_let_go_of_and_nobody_sees_another_packet) {
  constexpr int kChunks = 20'000;
  ChunkPool pool(16);
  std::array<BoundedQueue<PacketChunkPtr>, 2> queues{BoundedQueue<PacketChunkPtr>(64),
                                                     BoundedQueue<PacketChunkPtr>(64)};
  std::array<int, 2> wrong{};
  std::array<std::thread, 2> readers;
  for (std::size_t r = 0; r < readers.size(); ++r)
    readers[r] = std::thread([&queue = queues[r], &wrong = wrong[r]] {
      for (int i = 0; i < kChunks;) {
        PacketChunkPtr chunk;
        if (!queue.try_pop(chunk)) {
          std::this_thread::yield();
          continue;
        }
        const auto expected = static_cast<std::uint8_t>(i++);
        if (chunk->bytes != std::vector<std::uint8_t>(16, expected)) ++wrong;
      }
    });
  std::set<const PacketChunk*> used;
  for (int i = 0; i < kChunks; ++i) {
    auto chunk = pool.take();
    used.insert(chunk.get());
    chunk->bytes.assign(16, static_cast<std::uint8_t>(i));
    const PacketChunkPtr published = std::move(chunk);
    for (auto& queue : queues) {
      PacketChunkPtr copy = published;
      while (!queue.try_push(std::move(copy))) std::this_thread::yield();
    }
  }
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(wrong, (std::array<int, 2>{}));
  EXPECT_LE(used.size(), 200u) << "no more than were ever out at once: two queues and three hands";
}

}  // namespace
}  // namespace diemcau::media
