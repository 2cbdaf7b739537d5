#include "media/mix/audio_packet_store.hpp"

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

const std::vector<std::uint8_t> kBytes{1, 2, 3};

TEST(AudioPacketStore, puts_packets_in_order_and_takes_each_once) {
  AudioPacketStore store;
  EXPECT_TRUE(store.insert(1'920, 960, false, kBytes));
  EXPECT_TRUE(store.insert(0, 960, false, kBytes));
  EXPECT_TRUE(store.insert(960, 960, false, kBytes));
  EXPECT_FALSE(store.insert(960, 960, false, kBytes));
  ASSERT_EQ(store.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(store[i].timestamp, static_cast<std::int64_t>(i) * 960);
}

TEST(AudioPacketStore, a_flood_pushes_the_oldest_out) {
  AudioPacketStore store;
  for (int i = 0; i < 10'000; ++i) store.insert(i * 120, 120, false, kBytes);
  EXPECT_EQ(store.size(), AudioPacketStore::kMostPackets);
  EXPECT_EQ(store.end(), 10'000 * 120);
}

TEST(AudioPacketStore, drops_what_has_ended) {
  AudioPacketStore store;
  for (int i = 0; i < 5; ++i) store.insert(i * 960, 960, false, kBytes);
  EXPECT_EQ(store.drop_until(1'919), 1u);
  EXPECT_EQ(store.drop_until(1'920), 1u);
  EXPECT_EQ(store.front().timestamp, 1'920);
}

}  // namespace
}  // namespace diemcau::media
