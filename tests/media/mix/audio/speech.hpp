#pragma once
// Speech for tests of the sound mix: Vietnamese sentences spoken by espeak-ng, and its loudness.

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace diemcau::media::test {

using Sound = std::shared_ptr<const std::vector<float>>;

/// 48 kHz. Other voices differ in pitch, accent and speed. Empty where espeak-ng is missing.
std::vector<float> spoken(const std::string& sentence, unsigned voice);
/// Half a minute by one of ten speakers; each says something else.
std::vector<float> speaker(unsigned voice);

/// Integrated, ITU-R BS.1770-4, of one channel. LUFS.
double loudness(std::span<const float> samples);
/// Scaled until it measures `lufs`; what would leave −1 … 1 is cut off, as a sound card does.
Sound at_loudness(std::vector<float> samples, double lufs);

}  // namespace diemcau::media::test
