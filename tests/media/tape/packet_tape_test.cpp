#include "media/tape/packet_tape.hpp"

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr PacketTape::Limits kRoomy{seconds(5), 10'000, 100};

struct Site {
  ManualClock clock;
  std::int64_t index = 70'000;
  std::uint32_t timestamp = 4'000'000;

  /// One packet into the tape, then `step` of silence.
  void send(PacketTape& tape, std::vector<std::uint8_t> payload, Duration step = milliseconds(20),
            bool red = false) {
    UplinkPacket packet;
    packet.index = index++;
    packet.timestamp = timestamp += 960;
    packet.marker = true;
    packet.red = red;
    packet.payload = payload;
    packet.arrived = clock.now();
    tape.add(packet);
    clock.advance(step);
  }
};

// VP8 payload descriptor with S set, partition 0 (RFC 7741 §4.2), then a key or an inter frame.
const std::vector<std::uint8_t> kKey{0x10, 0x00, 0, 0, 0x9d, 0x01, 0x2a, 0, 1, 0, 1};
const std::vector<std::uint8_t> kInter{0x10, 0x01, 0, 0, 7};

TEST(PacketTape, plays_the_same_packets_at_the_pace_they_came) {
  Site site;
  PacketTape tape(Codec::opus, kRoomy);
  tape.record(site.clock.now());
  site.send(tape, {1}, milliseconds(20));
  site.send(tape, {2, 2}, milliseconds(130));  // a stutter stays one
  site.send(tape, {3, 3, 3});

  tape.rewind(site.clock.now());
  const auto first = tape.next(site.clock.now());
  ASSERT_TRUE(first);
  EXPECT_EQ(first->bytes, (std::vector<std::uint8_t>{1}));
  EXPECT_EQ(first->packets[0].index, 70'000);
  EXPECT_EQ(first->packets[0].timestamp, 4'000'960u);
  EXPECT_TRUE(first->packets[0].marker);
  EXPECT_FALSE(tape.next(site.clock.now()));
  site.clock.advance(milliseconds(20));
  EXPECT_EQ(tape.next(site.clock.now())->bytes.size(), 2u);
  site.clock.advance(milliseconds(129));
  EXPECT_FALSE(tape.next(site.clock.now()));
  EXPECT_FALSE(tape.at_end());
  site.clock.advance(milliseconds(1));
  EXPECT_EQ(tape.next(site.clock.now())->bytes.size(), 3u);
  EXPECT_TRUE(tape.at_end());
}

TEST(PacketTape, plays_again_after_rewinding_and_forgets_when_it_records_anew) {
  Site site;
  PacketTape tape(Codec::opus, kRoomy);
  tape.record(site.clock.now());
  site.send(tape, {1});
  for (int round = 0; round < 2; ++round) {
    tape.rewind(site.clock.now());
    EXPECT_TRUE(tape.next(site.clock.now())) << round;
  }
  tape.record(site.clock.now());
  EXPECT_EQ(tape.packets(), 0u);
  site.send(tape, {9, 9});
  tape.rewind(site.clock.now());
  EXPECT_EQ(tape.next(site.clock.now())->bytes.size(), 2u);
}

TEST(PacketTape, uses_again_the_memory_of_packets_that_were_read) {
  Site site;
  PacketTape tape(Codec::opus, kRoomy);
  tape.record(site.clock.now());
  for (std::uint8_t i = 1; i <= 4; ++i) site.send(tape, {i}, Duration{});
  tape.rewind(site.clock.now());
  const auto held = tape.next(site.clock.now());
  const void* read = tape.next(site.clock.now()).get();
  const auto third = tape.next(site.clock.now());
  EXPECT_EQ(third.get(), read);
  EXPECT_EQ(third->bytes, (std::vector<std::uint8_t>{3}));
  EXPECT_EQ(third->packets.size(), 1u);
  EXPECT_EQ(held->bytes, (std::vector<std::uint8_t>{1})) << "somebody still reads it";
  tape.clear();
  EXPECT_EQ(held->bytes.size(), 1u);
}

TEST(PacketTape, a_picture_begins_with_a_key_frame) {
  Site site;
  PacketTape tape(Codec::vp8, kRoomy);
  tape.record(site.clock.now());
  site.send(tape, kInter);
  EXPECT_EQ(tape.packets(), 0u);
  site.send(tape, kKey);
  site.send(tape, kInter);
  EXPECT_EQ(tape.packets(), 2u);
  tape.rewind(site.clock.now());
  EXPECT_FALSE(tape.next(site.clock.now())) << "in step with a sound that began 20 ms earlier";
  site.clock.advance(milliseconds(20));
  const auto first = tape.next(site.clock.now());
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->packets[0].key_start);
  site.clock.advance(milliseconds(20));
  EXPECT_FALSE(tape.next(site.clock.now())->packets[0].key_start);
}

TEST(PacketTape, what_is_lost_stays_a_gap) {
  Site site;
  PacketTape tape(Codec::opus, kRoomy);
  tape.record(site.clock.now());
  site.send(tape, {1}, Duration{});
  ++site.index;
  site.send(tape, {2}, Duration{});
  tape.rewind(site.clock.now());
  EXPECT_EQ(tape.next(site.clock.now())->packets[0].index, 70'000);
  EXPECT_EQ(tape.next(site.clock.now())->packets[0].index, 70'002);
}

TEST(PacketTape, keeps_nothing_before_it_began_after_its_time_or_once_stopped) {
  Site site;
  PacketTape tape(Codec::opus, kRoomy);
  site.send(tape, {1});
  EXPECT_EQ(tape.packets(), 0u) << "nobody asked for a recording";
  tape.record(site.clock.now() + milliseconds(40));
  site.send(tape, {1});
  EXPECT_EQ(tape.packets(), 0u) << "on its way before";
  site.clock.advance(seconds(5) + milliseconds(21));
  site.send(tape, {1});
  EXPECT_EQ(tape.packets(), 0u) << "too late";
  tape.record(site.clock.now());
  site.send(tape, {1});
  tape.stop();
  site.send(tape, {1});
  EXPECT_EQ(tape.packets(), 1u);
  site.send(tape, {});
  tape.record(site.clock.now());
  site.send(tape, {1}, Duration{}, true);
  EXPECT_EQ(tape.packets(), 0u) << "redundancy was not agreed on";
}

TEST(PacketTape, ends_where_its_room_ends_and_says_so) {
  Site site;
  PacketTape by_bytes(Codec::opus, {seconds(5), 10, 100});
  by_bytes.record(site.clock.now());
  site.send(by_bytes, std::vector<std::uint8_t>(8, 1));
  EXPECT_FALSE(by_bytes.full());
  site.send(by_bytes, std::vector<std::uint8_t>(3, 1));
  EXPECT_TRUE(by_bytes.full());
  site.send(by_bytes, {1});
  EXPECT_EQ(by_bytes.bytes(), 8u) << "no hole in the middle";

  PacketTape by_packets(Codec::opus, {seconds(5), 1000, 2});
  by_packets.record(site.clock.now());
  for (int i = 0; i < 5; ++i) site.send(by_packets, {1});
  EXPECT_EQ(by_packets.packets(), 2u);
  EXPECT_TRUE(by_packets.full());
  by_packets.clear();
  EXPECT_EQ(by_packets.packets(), 0u);
  EXPECT_TRUE(by_packets.at_end());
}

}  // namespace
}  // namespace diemcau::media
