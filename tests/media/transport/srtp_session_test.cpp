#include "media/transport/srtp_session.hpp"

#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

std::vector<std::uint8_t> key(SrtpProfile profile, std::uint8_t seed) {
  const auto [key_size, salt_size] = key_sizes_of(profile);
  std::vector<std::uint8_t> out(key_size + salt_size);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(seed + i * 7);
  return out;
}

constexpr std::uint32_t kSound = 0x5050;

struct Line {
  explicit Line(SrtpProfile profile) {
    const auto there = key(profile, 1), back = key(profile, 101);
    const std::uint32_t repeated[] = {kSound};
    sender = *SrtpSession::create(profile, there, back, counters, repeated);
    receiver = *SrtpSession::create(profile, back, there, counters);
  }
  std::vector<std::uint8_t> rtp(std::uint16_t sequence, std::uint32_t ssrc = 0x1234) {
    std::vector<std::uint8_t> packet(100 + SrtpSession::kMaxTrailer, 0x5a);
    const std::uint8_t header[12] = {0x80,
                                     96,
                                     static_cast<std::uint8_t>(sequence >> 8),
                                     static_cast<std::uint8_t>(sequence),
                                     0,
                                     0,
                                     0,
                                     1,
                                     static_cast<std::uint8_t>(ssrc >> 24),
                                     static_cast<std::uint8_t>(ssrc >> 16),
                                     static_cast<std::uint8_t>(ssrc >> 8),
                                     static_cast<std::uint8_t>(ssrc)};
    std::memcpy(packet.data(), header, sizeof header);
    packet.resize(sender->protect_rtp(packet, 100));
    return packet;
  }
  Metrics metrics;
  TransportCounters counters{metrics};
  std::unique_ptr<SrtpSession> sender, receiver;
};

class EveryProfile : public testing::TestWithParam<SrtpProfile> {};
INSTANTIATE_TEST_SUITE_P(SrtpSession, EveryProfile,
                         testing::Values(SrtpProfile::aead_aes_128_gcm,
                                         SrtpProfile::aes_cm_128_hmac_sha1_80),
                         [](const auto& p) { return std::string(name_of(p.param)); });

TEST_P(EveryProfile, carries_rtp_there) {
  Line line(GetParam());
  auto packet = line.rtp(1);
  EXPECT_EQ(packet.size(), GetParam() == SrtpProfile::aead_aes_128_gcm ? 116u : 110u);
  EXPECT_NE(packet[20], 0x5a);
  const auto plain = line.receiver->unprotect_rtp(packet);
  ASSERT_EQ(plain.size(), 100u);
  EXPECT_TRUE(std::all_of(plain.begin() + 12, plain.end(), [](auto b) { return b == 0x5a; }));
}

TEST_P(EveryProfile, carries_rtcp_there) {
  Line line(GetParam());
  std::vector<std::uint8_t> packet(8 + SrtpSession::kMaxTrailer);
  const std::uint8_t report[8] = {0x80, 201, 0, 1, 0, 0, 0x12, 0x34};
  std::memcpy(packet.data(), report, sizeof report);
  packet.resize(line.sender->protect_rtcp(packet, 8));
  ASSERT_GT(packet.size(), 8u);
  const auto plain = line.receiver->unprotect_rtcp(packet);
  ASSERT_EQ(plain.size(), 8u);
  EXPECT_EQ(std::memcmp(plain.data(), report, 8), 0);
}

TEST_P(EveryProfile, refuses_a_replayed_packet) {
  Line line(GetParam());
  auto packet = line.rtp(1);
  auto copy = packet;
  EXPECT_FALSE(line.receiver->unprotect_rtp(packet).empty());
  EXPECT_TRUE(line.receiver->unprotect_rtp(copy).empty());
  EXPECT_EQ(line.counters.rejected_replay.value(), 1u);
}

TEST_P(EveryProfile, takes_packets_that_come_a_thousand_late) {
  Line line(GetParam());
  auto late = line.rtp(1);
  for (std::uint16_t sequence = 2; sequence < 1000; ++sequence) {
    auto packet = line.rtp(sequence);
    ASSERT_FALSE(line.receiver->unprotect_rtp(packet).empty());
  }
  EXPECT_FALSE(line.receiver->unprotect_rtp(late).empty());
}

TEST_P(EveryProfile, refuses_every_damaged_byte) {
  Line line(GetParam());
  const auto packet = line.rtp(1);
  for (std::size_t i = 0; i < packet.size(); ++i) {
    auto damaged = packet;
    damaged[i] ^= 0x40;
    EXPECT_TRUE(line.receiver->unprotect_rtp(damaged).empty()) << "byte " << i;
  }
  EXPECT_GT(line.counters.rejected_auth.value(), 80u);
  auto intact = packet;
  EXPECT_FALSE(line.receiver->unprotect_rtp(intact).empty());
}

TEST_P(EveryProfile, refuses_packets_too_short_to_be_any) {
  Line line(GetParam());
  for (std::size_t size = 0; size < 28; ++size) {
    std::vector<std::uint8_t> stub(size, 0x80);
    EXPECT_TRUE(line.receiver->unprotect_rtp(stub).empty());
    EXPECT_TRUE(line.receiver->unprotect_rtcp(stub).empty());
  }
}

TEST(SrtpSession, bounds_the_number_of_sources_a_peer_may_invent) {
  Line line(SrtpProfile::aead_aes_128_gcm);
  for (std::uint32_t ssrc = 1; ssrc <= 500; ++ssrc) {
    auto packet = line.rtp(1, ssrc);
    line.receiver->unprotect_rtp(packet);
  }
  EXPECT_EQ(line.counters.rejected_crowd.value(), 500u - SrtpSession::kMaxInboundSsrcs);
  auto known = line.rtp(2, 1);
  EXPECT_FALSE(line.receiver->unprotect_rtp(known).empty());
}

TEST_P(EveryProfile, sends_a_packet_again_as_the_same_bytes_and_the_peer_takes_it_once) {
  Line line(GetParam());
  auto first = line.rtp(1, kSound);
  line.rtp(2, kSound);
  auto again = line.rtp(1, kSound);
  ASSERT_FALSE(first.empty());
  EXPECT_EQ(first, again);
  EXPECT_FALSE(line.receiver->unprotect_rtp(again).empty()) << "the first was lost";
  EXPECT_TRUE(line.receiver->unprotect_rtp(first).empty());
}

TEST_P(EveryProfile, gives_no_number_twice_to_a_source_that_does_not_repeat) {
  Line line(GetParam());
  EXPECT_FALSE(line.rtp(1).empty());
  EXPECT_FALSE(line.rtp(3).empty());
  EXPECT_FALSE(line.rtp(2).empty()) << "out of order is not twice";
  for (std::uint16_t sequence : {1, 2, 3}) EXPECT_TRUE(line.rtp(sequence).empty());
  EXPECT_FALSE(line.rtp(4).empty());
}

TEST(SrtpSession, refuses_keys_of_a_wrong_size) {
  Metrics metrics;
  TransportCounters counters(metrics);
  const std::vector<std::uint8_t> stub(5);
  EXPECT_FALSE(SrtpSession::create(SrtpProfile::aead_aes_128_gcm, stub, stub, counters));
}

}  // namespace
}  // namespace diemcau::media
