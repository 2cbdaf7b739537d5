#include "media/mix/audio_limiter.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "media/mix/audio_format.hpp"
#include "tests/support/tone.hpp"

namespace diemcau::media {
namespace {

using diemcau::test::tone_level_db;
using diemcau::test::ToneGenerator;

TEST(AudioLimiter, leaves_usual_speech_untouched) {
  AudioLimiter limiter;
  ToneGenerator tone(500, 0.7);
  auto sound = tone.take(kTickSamples);
  const auto before = sound;
  limiter.process(sound);
  EXPECT_EQ(sound, before);
}

TEST(AudioLimiter, five_at_full_scale_stay_inside_and_sound_clean) {
  AudioLimiter limiter;
  ToneGenerator tone(500, 5.0);
  std::vector<float> all;
  for (int i = 0; i < 50; ++i) {
    auto block = tone.take(kTickSamples);
    limiter.process(block);
    for (const float s : block) ASSERT_LT(std::fabs(s), 1.0F);
    all.insert(all.end(), block.begin(), block.end());
  }
  const auto steady = std::span(all).last(24'000);
  EXPECT_NEAR(tone_level_db(steady, 500), -1, 0.5);
  EXPECT_LT(tone_level_db(steady, 1'500), -50);  // third harmonic: it turns down, it does not clip
}

TEST(AudioLimiter, comes_back_after_a_shout) {
  AudioLimiter limiter;
  ToneGenerator shout(500, 4.0), talk(500, 0.3);
  for (int i = 0; i < 10; ++i) {
    auto block = shout.take(kTickSamples);
    limiter.process(block);
  }
  std::vector<float> block;
  for (int i = 0; i < 75; ++i) {
    block = talk.take(kTickSamples);
    limiter.process(block);
  }
  EXPECT_NEAR(tone_level_db(block, 500), 20 * std::log10(0.3), 0.5);
}

TEST(AudioLimiter, does_not_pass_on_what_is_no_number) {
  AudioLimiter limiter;
  std::vector<float> block(kTickSamples, std::numeric_limits<float>::quiet_NaN());
  limiter.process(block);
  for (const float s : block) ASSERT_EQ(s, 0.0F);
  std::vector<float> next(kTickSamples, 0.25F);
  limiter.process(next);
  EXPECT_EQ(next.back(), 0.25F);
}

}  // namespace
}  // namespace diemcau::media
