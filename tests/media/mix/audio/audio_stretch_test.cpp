#include "media/mix/audio_stretch.hpp"

#include <gtest/gtest.h>

#include "tests/support/tone.hpp"

namespace diemcau::media {
namespace {

using diemcau::test::largest_step;
using diemcau::test::ToneGenerator;

TEST(AudioStretch, finds_a_multiple_of_the_pitch_period) {
  ToneGenerator tone(200);  // 240 samples
  const auto sound = tone.take(1'440);
  const auto period = find_pitch_period(sound);
  EXPECT_EQ(period.lag % 240, 0u);
  EXPECT_GT(period.likeness, 0.99F);
  EXPECT_FALSE(period.quiet);
}

TEST(AudioStretch, removing_and_repeating_a_period_leaves_a_tone_without_a_click) {
  for (const double f : {110.0, 333.0, 1'000.0}) {
    ToneGenerator tone(f);
    auto sound = tone.take(1'440);
    const float step = largest_step(sound);
    const auto period = find_pitch_period(sound);
    ASSERT_GT(period.lag, 0u);
    auto longer = sound;
    repeat_period(longer, period.lag);
    EXPECT_EQ(longer.size(), sound.size() + period.lag);
    EXPECT_LE(largest_step(longer), step * 1.1F) << f;
    sound.resize(remove_period(sound, period.lag));
    EXPECT_EQ(sound.size(), 1'440 - period.lag);
    EXPECT_LE(largest_step(sound), step * 1.1F) << f;
  }
}

TEST(AudioStretch, any_lag_will_do_in_silence) {
  const std::vector<float> silence(1'440);
  const auto period = find_pitch_period(silence);
  EXPECT_TRUE(period.quiet);
  EXPECT_EQ(period.lag, 720u);
}

TEST(AudioStretch, too_little_sound_gives_no_period) {
  EXPECT_EQ(find_pitch_period(std::vector<float>(100, 0.1F)).lag, 0u);
}

}  // namespace
}  // namespace diemcau::media
