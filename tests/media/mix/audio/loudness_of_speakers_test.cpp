// Ten speakers, from one far from its microphone to one that shouts into it, leave the mix equally
// loud: Vietnamese speech by espeak-ng through Opus and the whole sound mix, in simulated time.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include <gtest/gtest.h>

#include "media/mix/loudness_leveller.hpp"
#include "tests/media/mix/audio/hall.hpp"
#include "tests/media/mix/audio/speech.hpp"

namespace diemcau::media::test {
namespace {

using std::chrono::seconds;

constexpr std::array<double, 10> kLoudness{-40, -10, -25, -37, -13, -30, -18, -33, -22, -15};
constexpr double kTarget = LoudnessGain::kTarget;

TEST(LoudnessOfSpeakers, TenBetweenMinus40AndMinus10LeaveTheMixWithinTwoUnitsOfOneTarget) {
  std::vector<Sound> voices;
  for (unsigned i = 0; i < kLoudness.size(); ++i) {
    auto speech = speaker(i);
    if (speech.empty()) GTEST_SKIP() << "NOT TESTED: espeak-ng is not installed";
    voices.push_back(at_loudness(std::move(speech), kLoudness[i]));
    ASSERT_NEAR(loudness(*voices.back()), kLoudness[i], 0.3);
  }
  Hall hall;
  for (unsigned i = 0; i < kLoudness.size(); ++i) {
    MicrophoneOptions microphone;
    microphone.sound = voices[i];
    microphone.amplitude = 1;
    hall.join(i + 1, microphone).microphone->set_silent(true);
  }
  const auto turn = [&](unsigned speaker, int length) {
    hall.sites.at(speaker + 1).microphone->set_silent(false);
    const std::size_t from = hall.mixed.size();
    hall.run(seconds(length));
    hall.sites.at(speaker + 1).microphone->set_silent(true);
    hall.run(seconds(1));
    return std::span<const float>(hall.mixed).subspan(from);
  };
  // The first time anybody speaks it takes up to two seconds of speech to know how loud it is.
  for (unsigned i = 0; i < kLoudness.size(); ++i) {
    const auto sound = turn(i, 12);
    const double after_two_seconds = loudness(sound.subspan(2 * kAudioRate));
    EXPECT_NEAR(after_two_seconds, kTarget, 2) << "first turn of " << kLoudness[i] << " LUFS";
    std::printf("speaker of %5.1f LUFS: %6.2f LUFS in its first turn", kLoudness[i],
                after_two_seconds);
    const float peak = *std::max_element(
        sound.begin(), sound.end(), [](float a, float b) { return std::fabs(a) < std::fabs(b); });
    EXPECT_LT(std::fabs(peak), 0.99F);
    std::printf(", peak %.2f\n", std::fabs(peak));
  }
  // From then on it is right from the first word.
  for (unsigned i = 0; i < kLoudness.size(); ++i) {
    const double whole = loudness(turn(i, 6));
    std::printf("speaker of %5.1f LUFS: %6.2f LUFS in its second turn\n", kLoudness[i], whole);
    EXPECT_NEAR(whole, kTarget, 2) << "second turn of " << kLoudness[i] << " LUFS";
  }
}

}  // namespace
}  // namespace diemcau::media::test
