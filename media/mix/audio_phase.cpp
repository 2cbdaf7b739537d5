#include "media/mix/audio_phase.hpp"

#include <algorithm>
#include <chrono>

namespace diemcau::media {

namespace {
Duration distance(Duration a, Duration b) {
  return std::chrono::abs(a - b);
}
}  // namespace

std::optional<SourceId> TickPhase::follow(std::span<const RankedSource> heard, TimePoint now) {
  if (heard.empty()) return followed_ = loudest_ = std::nullopt;
  if (loudest_ != heard.front().source) {
    loudest_ = heard.front().source;
    loudest_since_ = now;
  }
  const bool still = std::any_of(heard.begin(), heard.end(),
                                 [this](const RankedSource& s) { return s.source == followed_; });
  if (!still || now - loudest_since_ >= kTurn) followed_ = loudest_;
  return followed_;
}

Duration TickPhase::next(std::optional<Duration> spare) {
  if (!spare) {
    seeking_ = false;
    return shift_;
  }
  if (*spare < kLeast || *spare > kMost) seeking_ = true;
  if (!seeking_) return shift_;
  // The same phase again and again, a period apart: the nearest within bounds.
  Duration best = shift_ + kSought - *spare;
  for (const Duration at : {best - kPeriod, best + kPeriod}) {
    const bool bounded = std::chrono::abs(at) <= kMostShift;
    const bool best_bounded = std::chrono::abs(best) <= kMostShift;
    if (bounded && (!best_bounded || distance(at, shift_) < distance(best, shift_))) best = at;
  }
  const Duration step = std::clamp(best - shift_, -kMostDrift, kMostDrift);
  seeking_ = step != best - shift_;
  shift_ = std::clamp(shift_ + step, -kMostShift, kMostShift);
  return shift_;
}

}  // namespace diemcau::media
