#include "media/mix/audio_limiter.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "media/mix/audio_format.hpp"

namespace diemcau::media {

namespace {
constexpr float kCeiling = 0.89F;  // −1 dBov, so that the encoder has room
constexpr float kKnee = 0.90F;
constexpr float kRecover = 0.0125F;  // of what is missing, per 2.5 ms: some 200 ms
constexpr std::size_t kStep = kOpusGranule;

float soft_clip(float x) {
  const float a = std::fabs(x);
  if (a <= kKnee) return x;
  return std::copysign(kKnee + (0.995F - kKnee) * std::tanh((a - kKnee) / (0.995F - kKnee)), x);
}
}  // namespace

void AudioLimiter::process(std::span<float> block) noexcept {
  const std::size_t steps = block.size() / kStep;
  float next_needed = 1;
  const auto needed = [&](std::size_t step) {
    float peak = 0;
    for (const float s : block.subspan(step * kStep, kStep)) peak = std::max(peak, std::fabs(s));
    return peak > kCeiling ? kCeiling / peak : 1.0F;
  };
  float here = steps > 0 ? needed(0) : 1;
  for (std::size_t step = 0; step < steps; ++step) {
    next_needed = step + 1 < steps ? needed(step + 1) : 1.0F;
    // At the end of this step the gain suits both what ends and what begins there.
    const float goal = std::min({here, next_needed, gain_ + (1 - gain_) * kRecover});
    const float slope = (goal - gain_) / static_cast<float>(kStep);
    for (float& s : block.subspan(step * kStep, kStep)) {
      gain_ += slope;
      s = soft_clip(std::isfinite(s) ? s * gain_ : 0.0F);
    }
    gain_ = goal;
    here = next_needed;
  }
}

}  // namespace diemcau::media
