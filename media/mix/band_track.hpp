#pragma once
// What is left of a sound once only its rhythm in eight bands of speech matters: enough to know it
// again after a loudspeaker, a hall and a microphone, and a thousandth of its samples.

#include <array>
#include <cstddef>
#include <cstdint>

#include "media/mix/audio_format.hpp"

namespace diemcau::media {

inline constexpr std::size_t kBands = 8;
inline constexpr std::size_t kBandSamples = 160;  // of a tick, at 8 kHz
inline constexpr std::size_t kBandFrame = 80;     // 10 ms
inline constexpr std::size_t kFramesPerTick = kBandSamples / kBandFrame;
using BandValues = std::array<float, kBands>;
/// Band signals of one tick. Linear: what is true of sums of sounds is true of these.
using BandBlock = std::array<BandValues, kBandSamples>;

/// Splits a sound into its bands, 250 Hz … 3 kHz.
class BandFilter {
 public:
  void process(const AudioBlock& sound, BandBlock& out) noexcept;

 private:
  BandValues y1_{}, y2_{};
  float x1_ = 0, x2_ = 0;
};

/// The last 2.9 s: per 10 ms how far each band stands above or below its own mean of late, and the
/// level of all.
class BandTrack {
 public:
  static constexpr std::size_t kFrames = 288;

  /// The frame's mean square in each band.
  void push(const BandValues& power) noexcept;

  /// `ago` frames before the newest, 0 … kFrames−1; zero where there was none.
  const BandValues& shape(std::size_t ago) const noexcept { return shapes_[place(ago)]; }
  /// Sum of squares of shape(ago).
  float weight(std::size_t ago) const noexcept { return weights_[place(ago)]; }
  /// dBov.
  float level(std::size_t ago) const noexcept { return levels_[place(ago)]; }
  std::int64_t count() const noexcept { return count_; }

 private:
  std::size_t place(std::size_t ago) const noexcept {
    return (static_cast<std::size_t>(count_) + 2 * kFrames - 1 - ago) % kFrames;
  }
  std::array<BandValues, kFrames> shapes_{};
  std::array<float, kFrames> weights_{}, levels_{};
  BandValues mean_{};
  std::int64_t count_ = 0;
};

}  // namespace diemcau::media
