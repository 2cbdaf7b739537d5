#include "media/mix/loudness_leveller.hpp"

#include <algorithm>
#include <cmath>
#include <new>

#include <ebur128.h>

namespace diemcau::media {

namespace {
constexpr float kTick = 0.02F;          // s
constexpr float kAudible = -58;         // LUFS: quieter is no speech
constexpr float kAboveFloor = 6;        // dB speech rises above its quietest moments
constexpr float kRelativeGate = 10;     // LU, BS.1770-4 annex 1 §5
constexpr float kPeakFall = 0.2F;       // LU per measurement: a softer speaker at the same
                                        // microphone is measured after some seconds
constexpr int kMemory = 100;            // measurements, 10 s of speech
constexpr float kDigitalSilence = -85;  // dBov: a gap of the line, no floor of a room
constexpr int kMeasureEvery = 5;        // ticks
constexpr int kWindow = 20;             // ticks of a momentary loudness
constexpr float kShout = 10;            // dB above the target: not waited for

double to_energy(float lufs) {
  return std::pow(10.0, lufs / 10.0);
}
}  // namespace

std::optional<float> LoudnessGain::loudness() const noexcept {
  if (measured_ == 0) return std::nullopt;
  return static_cast<float>(10 * std::log10(energy_));
}

void LoudnessGain::measure(float momentary, float floor) noexcept {
  peak_ = std::max(momentary, peak_ - kPeakFall);
  if (momentary < kAudible || momentary < floor + kAboveFloor || momentary < peak_ - kRelativeGate)
    return;
  measured_ = std::min(measured_ + 1, kMemory);
  energy_ += (to_energy(momentary) - energy_) / measured_;
  // Who shouts all of a sudden is turned down at once, and heard again as soon as it is normal.
  gain_ = std::min(gain_, std::max(kTarget + kShout - momentary, kLeastGain));
}

float LoudnessGain::tick() noexcept {
  const auto speech = loudness();
  if (!speech) return gain_;
  const float goal = std::clamp(kTarget - *speech, kLeastGain, kMostGain);
  if (std::fabs(goal - gain_) <= kTolerated) return gain_;
  const bool anew = measured_ < kNew;
  const float up = (anew ? kFirstRate : kUpRate) * kTick;
  const float down = (anew ? kFirstRate : kDownRate) * kTick;
  gain_ += std::clamp(goal - gain_, -down, up);
  return gain_;
}

struct LoudnessLeveller::Meter {
  Meter() {
    if (state == nullptr) throw std::bad_alloc();
    ebur128_set_channel(state, 0, EBUR128_CENTER);  // one channel, counted once
  }
  ~Meter() { ebur128_destroy(&state); }
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;

  ebur128_state* state = ebur128_init(1, kAudioRate, EBUR128_MODE_M);
};

LoudnessLeveller::LoudnessLeveller() {
  levels_.fill(0);
}

LoudnessLeveller::~LoudnessLeveller() = default;

float LoudnessLeveller::floor() const noexcept {
  return *std::min_element(levels_.begin(), levels_.end());
}

void LoudnessLeveller::measure(const AudioBlock& sound) {
  if (!meter_) {
    meter_ = std::make_unique<Meter>();
    ticks_ = 0;
    levels_.fill(0);
  }
  const float level = level_dbov(sound);
  if (level > kDigitalSilence) levels_[static_cast<std::size_t>(ticks_) % levels_.size()] = level;
  ++ticks_;
  ebur128_add_frames_float(meter_->state, sound.data(), sound.size());
  double momentary = 0;
  if (ticks_ < kWindow || ticks_ % kMeasureEvery != 0 ||
      ebur128_loudness_momentary(meter_->state, &momentary) != EBUR128_SUCCESS)
    return;
  if (std::isfinite(momentary)) gain_.measure(static_cast<float>(momentary), floor());
}

void LoudnessLeveller::process(AudioBlock& sound, bool own) {
  if (own)
    measure(sound);
  else
    pause();
  const float goal = std::pow(10.0F, gain_.tick() / 20);
  if (applied_ != 1 || goal != 1) {
    const float slope = (goal - applied_) / static_cast<float>(sound.size());
    float gain = applied_;
    for (float& s : sound) s *= gain += slope;
  }
  applied_ = goal;
  limiter_.process(sound);
}

void LoudnessLeveller::pause() noexcept {
  meter_.reset();
}

}  // namespace diemcau::media
