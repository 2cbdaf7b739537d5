#include "tests/support/tone.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace diemcau::test {
namespace {

TEST(Tone, is_found_at_its_own_level_and_nowhere_else) {
  ToneGenerator tone(700, 0.25);
  const auto sound = tone.take(9'600);
  EXPECT_NEAR(tone_level_db(sound, 700), 20 * std::log10(0.25), 0.2);
  EXPECT_LT(tone_level_db(sound, 1'100), -70);
  EXPECT_NEAR(level_db(sound), 20 * std::log10(0.25), 0.2);
}

TEST(Tone, of_two_the_louder_is_named) {
  ToneGenerator a(500, 0.1), b(900, 0.4);
  auto sound = a.take(9'600);
  const auto other = b.take(9'600);
  for (std::size_t i = 0; i < sound.size(); ++i) sound[i] += other[i];
  const double candidates[] = {500, 700, 900};
  EXPECT_EQ(loudest_tone(sound, candidates), 900);
  EXPECT_EQ(loudest_tone(std::vector<float>(9'600), candidates), std::nullopt);
}

TEST(Tone, pattern_is_found_where_it_lies) {
  ToneGenerator tone(700);
  const auto pattern = tone.take(480);
  std::vector<float> sound(4'800);
  std::copy(pattern.begin(), pattern.end(), sound.begin() + 1'234);
  EXPECT_EQ(find_pattern(sound, pattern), 1'234u);
}

TEST(FlashAndBeep, both_begin_at_the_same_moments) {
  const FlashAndBeep source;
  const auto sound = source.sound(-4'800, 4'800 + 48'000 * 3);
  const auto beeps = source.beeps(sound);
  ASSERT_EQ(beeps.size(), 3u);
  std::vector<FlashAndBeep::Frame> frames;
  for (int i = -1; i < 75; ++i)
    frames.push_back({i * 0.04, static_cast<double>(source.luma(i * 0.04))});
  const auto flashes = source.flashes(frames);
  ASSERT_EQ(flashes.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(beeps[i] - 0.1, static_cast<double>(i), 0.01);
    EXPECT_NEAR(flashes[i], static_cast<double>(i), 0.041);
  }
}

}  // namespace
}  // namespace diemcau::test
