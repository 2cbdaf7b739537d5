#include "media/rtp/reorder_buffer.hpp"

#include <random>

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;
constexpr Duration kPatience = milliseconds(100);

class Sink final : public OrderedPacketSink {
 public:
  void on_ordered_packet(const UplinkPacket& packet, bool gap) noexcept override {
    seen.push_back(packet.index);
    if (gap) gaps.push_back(packet.index);
    EXPECT_EQ(packet.payload[0], static_cast<std::uint8_t>(packet.index));
  }
  std::vector<std::int64_t> seen, gaps;
};

class ReorderBufferTest : public testing::Test {
 protected:
  bool insert(std::int64_t index) {
    const std::uint8_t byte = static_cast<std::uint8_t>(index);
    UplinkPacket packet;
    packet.index = index;
    packet.payload = {&byte, 1};
    packet.arrived = now_;
    return buffer_.insert(packet, sink_);
  }
  void poll() { buffer_.poll(now_, kPatience, sink_); }

  TimePoint now_{std::chrono::hours(1)};
  ReorderBuffer buffer_{8};
  Sink sink_;
};

TEST_F(ReorderBufferTest, adds_nothing_when_nothing_is_lost) {
  for (int i = 0; i < 5; ++i) {
    insert(i);
    EXPECT_EQ(sink_.seen.size(), static_cast<std::size_t>(i + 1));
  }
  EXPECT_EQ(buffer_.waiting(), 0u);
}

TEST_F(ReorderBufferTest, waits_for_the_repair_and_delivers_in_order) {
  insert(1);
  insert(3);
  insert(4);
  EXPECT_EQ(sink_.seen, std::vector<std::int64_t>{1});
  insert(2);
  EXPECT_EQ(sink_.seen, (std::vector<std::int64_t>{1, 2, 3, 4}));
  EXPECT_TRUE(sink_.gaps.empty());
}

TEST_F(ReorderBufferTest, goes_on_behind_the_gap_when_time_is_over) {
  insert(1);
  insert(3);
  now_ += kPatience - milliseconds(1);
  poll();
  EXPECT_EQ(sink_.seen.size(), 1u);
  now_ += milliseconds(1);
  poll();
  EXPECT_EQ(sink_.seen, (std::vector<std::int64_t>{1, 3}));
  EXPECT_EQ(sink_.gaps, std::vector<std::int64_t>{3});
  EXPECT_FALSE(insert(2));  // too late
}

TEST_F(ReorderBufferTest, gives_each_gap_its_own_time) {
  insert(1);
  insert(3);
  now_ += milliseconds(60);
  insert(5);
  now_ += milliseconds(40);
  poll();
  EXPECT_EQ(sink_.seen, (std::vector<std::int64_t>{1, 3}));
  now_ += milliseconds(60);
  poll();
  EXPECT_EQ(sink_.seen, (std::vector<std::int64_t>{1, 3, 5}));
  EXPECT_EQ(sink_.gaps, (std::vector<std::int64_t>{3, 5}));
}

TEST_F(ReorderBufferTest, holds_no_more_than_its_bound) {
  insert(0);
  for (int i = 2; i < 30; ++i) {
    insert(i);
    EXPECT_LE(buffer_.waiting(), 8u);
  }
  EXPECT_EQ(sink_.seen.back(), 29);
  EXPECT_EQ(sink_.gaps, std::vector<std::int64_t>{2});
}

TEST_F(ReorderBufferTest, marks_the_first_packet_behind_a_restart) {
  insert(1);
  insert(3);
  buffer_.restart();
  insert(1'000'000);
  EXPECT_EQ(sink_.seen, (std::vector<std::int64_t>{1, 1'000'000}));
  EXPECT_EQ(sink_.gaps, std::vector<std::int64_t>{1'000'000});
}

TEST_F(ReorderBufferTest, never_delivers_out_of_order_whatever_comes) {
  std::mt19937 random(7);
  std::vector<bool> given(5000);
  for (int i = 0; i < 5000; ++i) {
    const int index = std::clamp<int>(i + static_cast<int>(random() % 13) - 6, 0, 4999);
    if (given[static_cast<std::size_t>(index)]) continue;
    given[static_cast<std::size_t>(index)] = true;
    insert(index);
    now_ += milliseconds(random() % 30);
    poll();
  }
  EXPECT_TRUE(std::is_sorted(sink_.seen.begin(), sink_.seen.end()));
  EXPECT_EQ(std::adjacent_find(sink_.seen.begin(), sink_.seen.end()), sink_.seen.end());
  EXPECT_GT(sink_.seen.size(), 2000u);
}

}  // namespace
}  // namespace diemcau::media
