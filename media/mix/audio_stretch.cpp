#include "media/mix/audio_stretch.hpp"

#include <algorithm>
#include <cmath>

#include "media/mix/audio_format.hpp"

namespace diemcau::media {

namespace {
constexpr std::size_t kLeastLag = kAudioRate / 400;  // 2.5 ms
constexpr std::size_t kMostLag = kAudioRate * 15 / 1000;
constexpr std::size_t kCoarse = 4;  // the search runs at 12 kHz first
constexpr float kQuietDbov = -50;

float likeness(std::span<const float> x, std::size_t lag, std::size_t step) {
  float cross = 0, first = 1e-9F, second = 1e-9F;
  for (std::size_t i = 0; i < lag; i += step) {
    cross += x[i] * x[i + lag];
    first += x[i] * x[i];
    second += x[i + lag] * x[i + lag];
  }
  return cross / std::sqrt(first * second);
}
}  // namespace

PitchPeriod find_pitch_period(std::span<const float> samples) {
  const std::size_t most = std::min(kMostLag, samples.size() / 2);
  if (most < kLeastLag) return {};
  PitchPeriod best;
  best.quiet = level_dbov(samples.first(2 * most)) < kQuietDbov;
  if (best.quiet) {
    best.lag = most;
    best.likeness = 1;
    return best;
  }
  best.likeness = -1;
  for (std::size_t lag = kLeastLag; lag <= most; lag += kCoarse) {
    const float value = likeness(samples, lag, kCoarse);
    if (value > best.likeness) best.lag = lag, best.likeness = value;
  }
  const std::size_t low = std::max(kLeastLag, best.lag - kCoarse + 1);
  const std::size_t high = std::min(most, best.lag + kCoarse - 1);
  best.likeness = -1;
  for (std::size_t lag = low; lag <= high; ++lag) {
    const float value = likeness(samples, lag, 1);
    if (value > best.likeness) best.lag = lag, best.likeness = value;
  }
  return best;
}

std::size_t remove_period(std::span<float> samples, std::size_t lag) {
  for (std::size_t i = 0; i < lag; ++i) {
    const float w = (static_cast<float>(i) + 0.5F) / static_cast<float>(lag);
    samples[i] = samples[i] * (1 - w) + samples[i + lag] * w;
  }
  std::copy(samples.begin() + static_cast<std::ptrdiff_t>(2 * lag), samples.end(),
            samples.begin() + static_cast<std::ptrdiff_t>(lag));
  return samples.size() - lag;
}

void repeat_period(std::vector<float>& samples, std::size_t lag) {
  const std::vector<float> first(samples.begin(),
                                 samples.begin() + static_cast<std::ptrdiff_t>(2 * lag));
  samples.insert(samples.begin() + static_cast<std::ptrdiff_t>(lag), lag, 0.0F);
  for (std::size_t i = 0; i < lag; ++i) {
    const float w = (static_cast<float>(i) + 0.5F) / static_cast<float>(lag);
    samples[lag + i] = first[lag + i] * (1 - w) + first[i] * w;
  }
}

}  // namespace diemcau::media
