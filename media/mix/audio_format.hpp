#pragma once
// The one form sound has inside the mixer: 48 kHz, mono, float in −1 … 1, in ticks of 20 ms.
// Mono because a site is a hall with one sound system, speech carries no direction, and a stereo
// mix would double every decode, encode and mix-minus without one word becoming clearer.

#include <array>
#include <cmath>
#include <cstdint>
#include <span>

#include "base/clock.hpp"

namespace diemcau::media {

inline constexpr int kAudioRate = 48'000;
inline constexpr int kTickSamples = 960;       // 20 ms
inline constexpr int kMaxOpusSamples = 5'760;  // 120 ms, the longest packet (RFC 6716 §3.2.5)
inline constexpr int kOpusGranule = 120;       // 2.5 ms, the shortest frame

using AudioBlock = std::array<float, kTickSamples>;

/// Exact for whole ticks; otherwise rounded towards zero.
constexpr std::int64_t to_samples(Duration d) {
  return d.count() * 48 / 1'000'000;
}
constexpr std::int64_t to_samples(TimePoint t) {
  return to_samples(t.time_since_epoch());
}
constexpr Duration to_duration(std::int64_t samples) {
  return Duration(samples * 1'000'000 / 48);
}
constexpr std::int64_t ms_samples(std::int64_t ms) {
  return ms * (kAudioRate / 1000);
}

/// Level of a block in dBov as RFC 6464 §3 counts it: 0 is a square wave at full scale; −127 is
/// the floor.
inline float level_dbov(std::span<const float> samples) {
  double energy = 0;
  for (const float s : samples) energy += static_cast<double>(s) * s;
  if (samples.empty() || !(energy > 0)) return -127.0F;
  const double db = 10 * std::log10(energy / static_cast<double>(samples.size()));
  return static_cast<float>(db < -127 ? -127 : (db > 0 ? 0 : db));
}
/// The value of the RFC 6464 field: 0 (loudest) … 127.
inline std::uint8_t level_field(float dbov) {
  return static_cast<std::uint8_t>(std::lround(dbov < -127 ? 127.0F : (dbov > 0 ? 0.0F : -dbov)));
}

}  // namespace diemcau::media
