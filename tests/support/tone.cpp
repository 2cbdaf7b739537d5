#include "tests/support/tone.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace diemcau::test {

namespace {
constexpr double kTau = 2 * std::numbers::pi;
}

void ToneGenerator::fill(std::span<float> out) {
  for (float& s : out) {
    s = static_cast<float>(amplitude_ *
                           std::sin(kTau * frequency_ * static_cast<double>(position_++) / rate_));
  }
}

std::vector<float> ToneGenerator::take(std::size_t samples) {
  std::vector<float> out(samples);
  fill(out);
  return out;
}

double tone_level_db(std::span<const float> samples, double frequency, int sample_rate) {
  if (samples.size() < 16) return -200;
  const auto n = static_cast<double>(samples.size());
  const double step = kTau * frequency / sample_rate;
  const double k = 2 * std::cos(step);
  double s1 = 0, s2 = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double window = 0.5 - 0.5 * std::cos(kTau * static_cast<double>(i) / (n - 1));
    const double s = samples[i] * window + k * s1 - s2;
    s2 = s1;
    s1 = s;
  }
  const double power = s1 * s1 + s2 * s2 - k * s1 * s2;
  // A sine of amplitude 1 under a Hann window (mean 1/2) gives n / 4.
  const double amplitude = std::sqrt(std::max(power, 0.0)) / (n / 4);
  return amplitude > 1e-10 ? 20 * std::log10(amplitude) : -200;
}

double level_db(std::span<const float> samples) {
  double energy = 0;
  for (const float s : samples) energy += static_cast<double>(s) * s;
  if (samples.empty() || energy <= 0) return -200;
  return 10 * std::log10(2 * energy / static_cast<double>(samples.size()));
}

float largest_step(std::span<const float> samples) {
  float step = 0;
  for (std::size_t i = 1; i < samples.size(); ++i)
    step = std::max(step, std::fabs(samples[i] - samples[i - 1]));
  return step;
}

std::optional<double> loudest_tone(std::span<const float> samples,
                                   std::span<const double> candidates, double floor_db,
                                   int sample_rate) {
  std::optional<double> best;
  double best_level = floor_db;
  for (const double f : candidates) {
    const double level = tone_level_db(samples, f, sample_rate);
    if (level > best_level) best = f, best_level = level;
  }
  return best;
}

std::optional<std::size_t> find_pattern(std::span<const float> samples,
                                        std::span<const float> pattern) {
  if (pattern.empty() || samples.size() < pattern.size()) return std::nullopt;
  double own = 0;
  for (const float p : pattern) own += static_cast<double>(p) * p;
  double best = 0;
  std::size_t at = 0;
  for (std::size_t shift = 0; shift + pattern.size() <= samples.size(); ++shift) {
    double cross = 0;
    for (std::size_t i = 0; i < pattern.size(); ++i)
      cross += static_cast<double>(samples[shift + i]) * pattern[i];
    if (cross > best) best = cross, at = shift;
  }
  if (best < own / 2) return std::nullopt;
  return at;
}

std::vector<float> to_float(std::span<const std::int16_t> pcm) {
  std::vector<float> out(pcm.size());
  std::transform(pcm.begin(), pcm.end(), out.begin(),
                 [](std::int16_t s) { return static_cast<float>(s) / 32768.0F; });
  return out;
}

std::vector<std::int16_t> to_int16(std::span<const float> pcm) {
  std::vector<std::int16_t> out(pcm.size());
  std::transform(pcm.begin(), pcm.end(), out.begin(), [](float s) {
    return static_cast<std::int16_t>(std::lround(std::clamp(s, -1.0F, 1.0F) * 32767));
  });
  return out;
}

bool FlashAndBeep::on(double seconds) const {
  return seconds >= 0 && std::fmod(seconds, period) < length;
}

std::vector<float> FlashAndBeep::sound(std::int64_t first, std::size_t samples) const {
  std::vector<float> out(samples, 0.0F);
  for (std::size_t i = 0; i < samples; ++i) {
    const double t = static_cast<double>(first + static_cast<std::int64_t>(i)) / sample_rate;
    if (on(t))
      out[i] = static_cast<float>(amplitude * std::sin(kTau * frequency * std::fmod(t, period)));
  }
  return out;
}

std::vector<double> FlashAndBeep::beeps(std::span<const float> samples) const {
  // Windows of 5 ms; a beep begins where the tone stands out after at least half a pause.
  const auto window = static_cast<std::size_t>(sample_rate / 200);
  const double loud = 20 * std::log10(amplitude) - 12;
  std::vector<double> begins;
  double last_on = -period;
  for (std::size_t at = 0; at + window <= samples.size(); at += window / 5) {
    if (tone_level_db(samples.subspan(at, window), frequency, sample_rate) < loud) continue;
    const double t = (static_cast<double>(at) + static_cast<double>(window) / 2) / sample_rate;
    if (t - last_on > (period - length) / 2) begins.push_back(t);
    last_on = t;
  }
  return begins;
}

std::vector<double> FlashAndBeep::flashes(std::span<const Frame> frames) const {
  std::vector<double> begins;
  bool was = true;  // a flash already on at the start has no beginning
  for (const Frame& frame : frames) {
    const bool is = frame.mean_luma > (235 + 16) / 2.0;
    if (is && !was) begins.push_back(frame.seconds);
    was = is;
  }
  return begins;
}

}  // namespace diemcau::test
