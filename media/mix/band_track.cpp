#include "media/mix/band_track.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace diemcau::media {

namespace {
constexpr int kDecimate = kTickSamples / static_cast<int>(kBandSamples);
constexpr double kRate = 8'000;
constexpr double kQ = 2.5;
constexpr std::array<double, kBands> kCentres{250,   400,   600,   850,
                                              1'200, 1'650, 2'250, 3'000};  // Hz
constexpr float kFloor = 1e-7F;  // −70 dBov: below, all is silence
constexpr float kFollow = 0.1F;  // of the mean, per frame: 100 ms
constexpr float kMost = 1.5F;  // nepers of power: an onset out of silence counts no more than this

/// Band-passes of second order with 0 dB at the centre.
struct Coefficients {
  BandValues b0{}, a1{}, a2{};
  Coefficients() {
    for (std::size_t i = 0; i < kBands; ++i) {
      const double w = 2 * std::numbers::pi * kCentres[i] / kRate;
      const double alpha = std::sin(w) / (2 * kQ);
      b0[i] = static_cast<float>(alpha / (1 + alpha));
      a1[i] = static_cast<float>(-2 * std::cos(w) / (1 + alpha));
      a2[i] = static_cast<float>((1 - alpha) / (1 + alpha));
    }
  }
};
const Coefficients kFilter;
}  // namespace

void BandFilter::process(const AudioBlock& sound, BandBlock& out) noexcept {
  const float* in = sound.data();
  for (BandValues& y : out) {
    // What the mean over six samples lets through above 4 kHz does no harm: only power matters.
    float x = 1e-9F;
    for (int i = 0; i < kDecimate; ++i) x += *in++ / kDecimate;
    const float difference = x - x2_;
    for (std::size_t b = 0; b < kBands; ++b)
      y[b] = kFilter.b0[b] * difference - kFilter.a1[b] * y1_[b] - kFilter.a2[b] * y2_[b];
    y2_ = y1_;
    y1_ = y;
    x2_ = x1_;
    x1_ = x;
  }
}

void BandTrack::push(const BandValues& power) noexcept {
  ++count_;
  const std::size_t here = place(0);
  BandValues& shape = shapes_[here];
  float total = 0, weight = 0;
  for (std::size_t b = 0; b < kBands; ++b) {
    const float level = std::log(power[b] + kFloor);
    if (count_ == 1) mean_[b] = level;
    const float above = level - mean_[b];
    mean_[b] += kFollow * above;
    shape[b] = std::clamp(above, -kMost, kMost);
    weight += shape[b] * shape[b];
    total += power[b];
  }
  weights_[here] = weight;
  levels_[here] = 10 * std::log10(total + kFloor);
}

}  // namespace diemcau::media
