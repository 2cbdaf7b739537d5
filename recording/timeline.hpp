#pragma once
// From capture times to decode times of a track. Pure.

#include <cstdint>
#include <optional>

#include "base/clock.hpp"

namespace diemcau::recording {

/// `span` in ticks of `timescale`, rounded to nearest; nothing before zero.
std::uint64_t to_ticks(Duration span, std::uint32_t timescale);

/// A picture is shown from its capture on; a pause stays a pause.
class VideoTimeline {
 public:
  VideoTimeline(TimePoint zero, std::uint32_t timescale) : zero_(zero), timescale_(timescale) {}
  /// Strictly increasing.
  std::uint64_t place(TimePoint captured);

 private:
  TimePoint zero_;
  std::uint32_t timescale_;
  std::optional<std::uint64_t> last_;
};

/// Sound is a run of samples without holes: small jitter of the capture times is ignored, a hole is
/// filled with silence, so that players that count samples stay with the picture. The error against
/// the capture time never exceeds the tolerance and does not add up.
class AudioTimeline {
 public:
  static constexpr Duration kTolerance = std::chrono::milliseconds(40);
  static constexpr Duration kMaxSilence = std::chrono::minutes(1);

  AudioTimeline(TimePoint zero, std::uint32_t sample_rate, std::uint32_t frame_samples)
      : zero_(zero), sample_rate_(sample_rate), frame_samples_(frame_samples) {}

  struct Placement {
    std::uint64_t silence_dts = 0;    // of the first silent frame
    std::uint32_t silent_frames = 0;  // to be put before
    std::uint64_t dts = 0;
  };
  /// Nothing when the frame's time is already filled (an encoder that started again).
  std::optional<Placement> place(TimePoint captured);

 private:
  TimePoint zero_;
  std::uint32_t sample_rate_;
  std::uint32_t frame_samples_;
  std::optional<std::uint64_t> next_;
};

}  // namespace diemcau::recording
