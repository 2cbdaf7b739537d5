#include "media/mix/loudness_leveller.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

constexpr int kPerSecond = 50;

/// So many seconds of speech of this loudness over a quiet room; the gain after it, dB.
float speak(LoudnessGain& gain, float lufs, double seconds, float floor = -70) {
  for (int i = 0; i < static_cast<int>(seconds * kPerSecond); ++i) {
    if (i % 5 == 0) gain.measure(lufs, floor);
    gain.tick();
  }
  return gain.gain();
}

struct Case {
  float speech, gain;
};

TEST(LoudnessGain, BringsEachSpeakerToTheTargetWithinItsBounds) {
  for (const Case c :
       {Case{-40, 20}, Case{-30, 10}, Case{-20, 0}, Case{-10, -10}, Case{-50, 22}, Case{-1, -18}}) {
    LoudnessGain gain;
    EXPECT_NEAR(speak(gain, c.speech, 10), c.gain, LoudnessGain::kTolerated + 0.01) << c.speech;
  }
}

TEST(LoudnessGain, FindsANewSpeakerWithinTwoSecondsAndMovesSlowlyAfter) {
  LoudnessGain gain;
  EXPECT_NEAR(speak(gain, -40, 2), 20, 1);
  speak(gain, -40, 10);
  const float before = gain.gain();
  const float after = speak(gain, -30, 1);
  EXPECT_LE(before - after, LoudnessGain::kDownRate + 0.01);
  EXPECT_LT(after, before);
  EXPECT_NEAR(speak(gain, -30, 40), 10, 1);
}

TEST(LoudnessGain, ChangesNoFasterThanItsRates) {
  LoudnessGain gain;
  float last = 0;
  for (int i = 0; i < 20 * kPerSecond; ++i) {
    const bool anew = i < 3 * kPerSecond;
    if (i % 5 == 0) gain.measure(i < 10 * kPerSecond ? -25.0F : -38.0F, -70);
    const float now = gain.tick();
    EXPECT_LE(std::fabs(now - last),
              (anew ? LoudnessGain::kFirstRate : LoudnessGain::kUpRate) / kPerSecond + 1e-4F)
        << "tick " << i;
    last = now;
  }
}

TEST(LoudnessGain, PausesAndBreathDoNotRaiseIt) {
  LoudnessGain gain;
  speak(gain, -30, 10);
  const float before = gain.gain();
  for (int i = 0; i < 10; ++i) {  // words with pauses in which only the room sounds
    speak(gain, -30, 0.5);
    speak(gain, -48, 0.5);
  }
  EXPECT_NEAR(gain.gain(), before, 1);
}

TEST(LoudnessGain, ASteadySoundIsNoSpeech) {
  LoudnessGain gain;
  EXPECT_EQ(speak(gain, -35, 20, -36), 0);
  EXPECT_FALSE(gain.loudness());
}

TEST(LoudnessGain, ANearlySilentRoomIsNoSpeech) {
  LoudnessGain gain;
  EXPECT_EQ(speak(gain, -62, 20, -90), 0);
}

TEST(LoudnessGain, ASofterPersonAtTheSameMicrophoneIsBroughtUpAfterAWhile) {
  LoudnessGain gain;
  speak(gain, -18, 15);
  EXPECT_NEAR(speak(gain, -36, 60), 16, 1.5);
}

TEST(LoudnessGain, AShoutIsTurnedDownAtOnce) {
  LoudnessGain gain;
  speak(gain, -40, 10);
  gain.measure(-12, -70);
  EXPECT_LE(-12 + gain.gain(), LoudnessGain::kTarget + 10.01);
}

TEST(LoudnessLeveller, NoSampleLeavesTheCeilingHoweverLoudWhatFollows) {
  LoudnessLeveller leveller;
  AudioBlock block;
  const auto fill = [&](int tick, float amplitude) {
    for (std::size_t i = 0; i < block.size(); ++i) {
      const double t = (static_cast<double>(tick) * kTickSamples + static_cast<double>(i)) / 48'000;
      block[i] = amplitude * static_cast<float>(std::sin(6.2831853 * 300 * t) *
                                                std::pow(std::sin(6.2831853 * 2 * t), 2));
    }
  };
  for (int tick = 0; tick < 300; ++tick) {
    fill(tick, 0.01F);
    leveller.process(block);
  }
  EXPECT_GT(leveller.gain().gain(), 15);
  for (int tick = 300; tick < 400; ++tick) {
    fill(tick, 1.0F);
    leveller.process(block);
    for (const float s : block) ASSERT_LE(std::fabs(s), 0.995F);
  }
}

}  // namespace
}  // namespace diemcau::media
