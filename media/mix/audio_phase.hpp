#pragma once
// When within its 20 ms the sound's tick falls: its phase drifts so that the packets of whoever
// speaks come a little before it, as far as that line's jitter asks, and do not wait up to a whole
// tick more. Pure: one call per tick. Lives on the mix thread.
//
// The phase never leaves the neighbourhood of the exact grid, so that the mix keeps the clock's
// rate over any time: recordings and lip sync are off by kMostShift at most. It drifts slowly: to
// receivers it is a sound card some tenths of a per cent off, for two seconds.

#include <optional>
#include <span>

#include "base/clock.hpp"
#include "media/mix/audio_format.hpp"
#include "media/mix/audio_ranking.hpp"

namespace diemcau::media {

class TickPhase {
 public:
  static constexpr Duration kPeriod = to_duration(kTickSamples);
  /// The most one tick differs from 20 ms: half a per cent.
  static constexpr Duration kMostDrift = std::chrono::microseconds(100);
  /// From the grid. More than half a period to each side: a phase at the edge is not left at once.
  static constexpr Duration kMostShift = std::chrono::milliseconds(12);
  /// Wait sought above what the line's jitter needs, and that left alone. Just too early costs a
  /// whole tick, and stretches speech; a hiccup of the line shall not do that.
  static constexpr Duration kSought = std::chrono::milliseconds(6),
                            kLeast = std::chrono::milliseconds(3),
                            kMost = std::chrono::milliseconds(9);
  /// Loudest for so long without a break: then it is its turn to be followed.
  static constexpr Duration kTurn = std::chrono::seconds(1);

  /// Who is to be followed; `heard` loudest first. It stays who it was while still heard, until
  /// another had its turn. Nothing when nobody is heard.
  std::optional<SourceId> follow(std::span<const RankedSource> heard, TimePoint now);
  /// The next tick's distance from the grid. `spare`: how much longer than it had to the followed
  /// one's sound waited for this tick, 0 … 20 ms; nothing: not known.
  Duration next(std::optional<Duration> spare);

 private:
  std::optional<SourceId> followed_, loudest_;
  TimePoint loudest_since_{};
  Duration shift_{};
  bool seeking_ = false;
};

}  // namespace diemcau::media
