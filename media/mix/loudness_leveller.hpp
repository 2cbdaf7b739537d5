#pragma once
// Brings a speaker to the level of all others: loudness by ITU-R BS.1770-4, measured on speech
// only, and a gain that follows it slowly and within bounds. Lives on the mix thread.
//
// Speech is told from a steady sound (a fan, hum, a tone) by how far it rises above its own
// quietest moments; what does not rise changes no gain. A gain once found is kept while the source
// is not heard, so that who speaks again is right from the first word.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "media/mix/audio_format.hpp"
#include "media/mix/audio_limiter.hpp"

namespace diemcau::media {

/// The decision alone, on loudness measured elsewhere.
class LoudnessGain {
 public:
  /// LUFS of one channel. Speech of this loudness peaks at about −4 dBov: room for its crests.
  static constexpr float kTarget = -20;
  static constexpr float kMostGain = 22, kLeastGain = -18;  // dB
  /// dB per second: while the speaker is new and was measured for less than kNew, and after.
  static constexpr float kFirstRate = 12, kUpRate = 1.5F, kDownRate = 4;
  static constexpr int kNew = 30;  // measurements, 3 s of speech
  /// Errors up to this are left alone: nobody hears them.
  static constexpr float kTolerated = 0.5F;  // LU

  /// `momentary`: LUFS of the last 400 ms; `floor`: dBov of the quietest 20 ms of late. Every 100
  /// ms.
  void measure(float momentary, float floor) noexcept;
  /// The gain 20 ms later, dB.
  float tick() noexcept;

  float gain() const noexcept { return gain_; }
  /// Of the speech so far; nothing before the first.
  std::optional<float> loudness() const noexcept;

 private:
  float gain_ = 0;
  double energy_ = 0;  // mean of what was taken as speech
  float peak_ = -127;  // loudest of late, falls slowly
  int measured_ = 0;
};

class LoudnessLeveller {
 public:
  LoudnessLeveller();
  ~LoudnessLeveller();
  LoudnessLeveller(const LoudnessLeveller&) = delete;
  LoudnessLeveller& operator=(const LoudnessLeveller&) = delete;

  /// A tick of a heard source: measures it, unless it is not its own (an echo), and applies the
  /// gain in place. No sample leaves above −1 dBov.
  void process(AudioBlock& sound, bool own = true);
  /// It is not heard: what was measured of the sound before a pause does not join what follows.
  void pause() noexcept;

  const LoudnessGain& gain() const noexcept { return gain_; }

 private:
  struct Meter;
  void measure(const AudioBlock& sound);
  float floor() const noexcept;

  LoudnessGain gain_;
  float applied_ = 1;  // linear, at the end of the last tick
  AudioLimiter limiter_;
  std::unique_ptr<Meter> meter_;  // only while heard
  int ticks_ = 0;                 // since the meter began
  std::array<float, 75> levels_;  // dBov of the last 1.5 s of ticks
};

}  // namespace diemcau::media
