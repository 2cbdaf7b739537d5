#pragma once
// Makes a piece of speech one pitch period shorter or longer without changing its pitch (waveform
// similarity overlap-add): how playout follows another clock and a changing delay.

#include <cstddef>
#include <span>
#include <vector>

namespace diemcau::media {

struct PitchPeriod {
  std::size_t lag = 0;  // samples; 0: none fits
  float likeness = 0;   // normalised correlation of the piece with itself `lag` later, −1 … 1
  bool quiet = false;   // nothing to be heard: any cut will do
};

/// Lags from 2.5 ms to 15 ms, at most half of `samples`.
PitchPeriod find_pitch_period(std::span<const float> samples);

/// Cross-fades the first period into the second; returns the new length (shorter by lag).
std::size_t remove_period(std::span<float> samples, std::size_t lag);

/// Plays the first period twice, cross-faded; `samples` grows by lag. Needs 2 × lag samples.
void repeat_period(std::vector<float>& samples, std::size_t lag);

}  // namespace diemcau::media
