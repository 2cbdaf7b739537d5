#include "media/mix/opus_codec.hpp"

#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "media/mix/audio_format.hpp"
#include "tests/support/tone.hpp"

namespace diemcau::media {
namespace {

using diemcau::test::tone_level_db;
using diemcau::test::ToneGenerator;

std::vector<std::vector<std::uint8_t>> encode_tone(int packets, int expected_loss) {
  auto encoder = *OpusVoiceEncoder::create({32'000, 5, expected_loss});
  ToneGenerator tone(400, 0.4);
  std::vector<std::vector<std::uint8_t>> out;
  for (int i = 0; i < packets; ++i) {
    std::vector<std::uint8_t> packet(600);
    packet.resize(encoder.encode(tone.take(kTickSamples), packet));
    out.push_back(packet);
  }
  return out;
}

TEST(Opus, gives_back_the_tone_it_was_given) {
  auto decoder = *OpusVoiceDecoder::create();
  std::vector<float> sound, block(kMaxOpusSamples);
  for (const auto& packet : encode_tone(50, 10)) {
    EXPECT_EQ(opus_packet_samples(packet), kTickSamples);
    const int n = decoder.decode(packet, block);
    ASSERT_EQ(n, kTickSamples);
    sound.insert(sound.end(), block.begin(), block.begin() + n);
  }
  EXPECT_NEAR(tone_level_db(std::span(sound).last(24'000), 400), -8, 1.5);
}

TEST(Opus, sees_the_redundancy_it_asked_for) {
  int with = 0;
  for (const auto& packet : encode_tone(50, 20)) with += opus_packet_has_fec(packet) ? 1 : 0;
  EXPECT_GT(with, 30);
  for (const auto& packet : encode_tone(50, 0)) EXPECT_FALSE(opus_packet_has_fec(packet));
}

TEST(Opus, knows_the_length_of_packets_by_their_first_byte) {
  // RFC 6716 §3.1: configuration 16 is CELT of 2.5 ms, 3 SILK of 60 ms; code 1 doubles it.
  EXPECT_EQ(opus_packet_samples(std::vector<std::uint8_t>{16 << 3, 1, 2, 3}), 120);
  EXPECT_EQ(opus_packet_samples(std::vector<std::uint8_t>{3 << 3, 1, 2, 3}), 2'880);
  EXPECT_EQ(opus_packet_samples(std::vector<std::uint8_t>{(3 << 3) | 1, 1, 2, 3, 4}), 5'760);
}

TEST(Opus, refuses_what_the_rfc_forbids) {
  EXPECT_EQ(opus_packet_samples({}), std::nullopt);
  // Code 1 with frames of unequal size; code 3 that claims 63 frames, or none.
  EXPECT_EQ(opus_packet_samples(std::vector<std::uint8_t>{(3 << 3) | 1, 1, 2, 3}), std::nullopt);
  EXPECT_EQ(opus_packet_samples(std::vector<std::uint8_t>{(3 << 3) | 3, 63}), std::nullopt);
  EXPECT_EQ(opus_packet_samples(std::vector<std::uint8_t>{(3 << 3) | 3, 0}), std::nullopt);
  EXPECT_FALSE(opus_packet_has_fec({}));
}

TEST(Opus, refuses_a_bitrate_out_of_range) {
  EXPECT_FALSE(OpusVoiceEncoder::create({32'000, 11, 10}).has_value());
}

}  // namespace
}  // namespace diemcau::media
