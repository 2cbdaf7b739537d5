#include "recording/timeline.hpp"

#include <algorithm>

namespace diemcau::recording {

std::uint64_t to_ticks(Duration span, std::uint32_t timescale) {
  if (span <= Duration::zero()) return 0;
  const auto ns = static_cast<std::uint64_t>(span.count());
  constexpr std::uint64_t kSecond = 1'000'000'000;
  return ns / kSecond * timescale + (ns % kSecond * timescale + kSecond / 2) / kSecond;
}

std::uint64_t VideoTimeline::place(TimePoint captured) {
  std::uint64_t dts = to_ticks(captured - zero_, timescale_);
  if (last_) dts = std::max(dts, *last_ + 1);
  last_ = dts;
  return dts;
}

std::optional<AudioTimeline::Placement> AudioTimeline::place(TimePoint captured) {
  const std::uint64_t wanted = to_ticks(captured - zero_, sample_rate_);
  Placement placement{wanted, 0, wanted};
  if (next_) {
    const std::uint64_t tolerance = to_ticks(kTolerance, sample_rate_);
    if (wanted + tolerance < *next_) return std::nullopt;
    if (wanted <= *next_ + tolerance) {
      placement.dts = *next_;
    } else {
      const std::uint64_t hole = std::min(wanted - *next_, to_ticks(kMaxSilence, sample_rate_));
      placement.silence_dts = *next_;
      placement.silent_frames = static_cast<std::uint32_t>(hole / frame_samples_);
    }
  }
  next_ = placement.dts + frame_samples_;
  return placement;
}

}  // namespace diemcau::recording
