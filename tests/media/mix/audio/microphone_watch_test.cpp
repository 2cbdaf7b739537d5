#include "media/mix/microphone_watch.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "media/mix/audio_format.hpp"

namespace diemcau::media {
namespace {

using std::chrono::seconds;

struct Levels {
  std::vector<std::uint8_t> levels;  // one a second
  bool silent;
};

TEST(SilenceWatch, SaysSilentAfterEightSecondsWithoutAnySound) {
  const std::vector<Levels> table{
      {{127, 127, 127, 127, 127, 127, 127, 127, 127}, true},       // switched off
      {{90, 80, 88, 79, 92, 85, 90, 80, 76}, true},                // not quite digital silence
      {{127, 127, 127, 127, 127, 127, 127}, false},                // not for long enough
      {{127, 127, 127, 127, 60, 127, 127, 127, 127}, false},       // somebody coughed
      {{62, 66, 64, 61, 63, 65, 64, 62, 63, 60}, false},           // a quiet hall
      {{127, 127, 127, 127, 127, 127, 127, 127, 127, 70}, true},   // too faint to end it
      {{127, 127, 127, 127, 127, 127, 127, 127, 127, 50}, false},  // it works again
  };
  for (const auto& row : table) {
    SilenceWatch watch;
    TimePoint now{seconds(100)};
    for (const auto level : row.levels) watch.look(level, now += seconds(1));
    EXPECT_EQ(watch.silent(), row.silent) << "row " << &row - table.data();
  }
}

TEST(SilenceWatch, NoPacketsAreNoSilence) {
  SilenceWatch watch;
  TimePoint now{seconds(100)};
  for (int i = 0; i < 60; ++i) watch.look(std::nullopt, now += seconds(1));
  EXPECT_FALSE(watch.silent());
}

TEST(SilenceWatch, AClosedMicrophoneBeginsAnew) {
  SilenceWatch watch;
  TimePoint now{seconds(100)};
  for (int i = 0; i < 10; ++i) watch.look(127, now += seconds(1));
  EXPECT_TRUE(watch.silent());
  watch.reset();
  EXPECT_FALSE(watch.silent());
  for (int i = 0; i < 5; ++i) watch.look(127, now += seconds(1));
  EXPECT_FALSE(watch.silent());
}

/// Seconds of a voice-like swell whose peaks would reach `peak`, cut at full scale.
void speak(ClippingWatch& watch, float peak, int length) {
  AudioBlock block;
  for (int tick = 0; tick < length * 50; ++tick) {
    for (std::size_t i = 0; i < block.size(); ++i) {
      const double t = (tick * kTickSamples + static_cast<double>(i)) / kAudioRate;
      const double voice = std::exp(-40 * std::fmod(t * 130, 1.0)) + std::sin(800 * t) * 0.3;
      const double swell = std::pow(std::sin(t * 4 * 3.14159265), 2);
      block[i] = std::clamp(static_cast<float>(peak * voice * swell), -1.0F, 1.0F);
    }
    watch.tick(block);
  }
}

TEST(ClippingWatch, ALoudVoiceIsWellAndACutOneIsNot) {
  for (const auto& [peak, clipping] :
       {std::pair(0.1F, false), {0.5F, false}, {0.8F, false}, {8.0F, true}, {20.0F, true}}) {
    ClippingWatch watch;
    speak(watch, peak, 10);
    EXPECT_EQ(watch.clipping(), clipping) << "peak " << peak;
  }
}

TEST(ClippingWatch, NeedsTwoSecondsOfSoundAndEndsWhenItIsTurnedDown) {
  ClippingWatch watch;
  speak(watch, 20, 1);
  EXPECT_FALSE(watch.clipping());
  speak(watch, 20, 5);
  EXPECT_TRUE(watch.clipping());
  AudioBlock silence{};
  for (int i = 0; i < 1000; ++i) watch.tick(silence);
  EXPECT_TRUE(watch.clipping()) << "silence says nothing";
  speak(watch, 0.5F, 30);
  EXPECT_FALSE(watch.clipping());
}

}  // namespace
}  // namespace diemcau::media
