#pragma once
// Who is heard: a pure decision from smoothed levels, steady enough that a cough does not take
// somebody's place.

#include <optional>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace diemcau::media {

/// Smooths the level of one source: up within some 50 ms, down within half a second.
class SpeechLevel {
 public:
  /// Once per tick; `dbov` of what came in it, nothing when nothing came.
  void tick(std::optional<float> dbov) noexcept;
  float dbov() const noexcept { return value_; }

 private:
  float value_ = -127;
};

struct RankedSource {
  SourceId source;
  float dbov = -127;    // smoothed
  bool active = false;  // has something to play
};

class SpeakerRanking {
 public:
  explicit SpeakerRanking(std::size_t most) : most_(most) {}

  /// One tick. Returns who is heard, loudest first.
  const std::vector<RankedSource>& update(std::span<const RankedSource> sources, TimePoint now);
  const std::vector<RankedSource>& heard() const noexcept { return heard_; }

 private:
  struct Seat {
    RankedSource source;
    TimePoint since;
  };
  bool may_replace(const RankedSource& challenger, const Seat& weakest, TimePoint now);

  std::size_t most_;
  std::vector<Seat> seats_;
  std::vector<RankedSource> heard_;
  std::vector<RankedSource> challengers_;
  SourceId challenger_{};
  TimePoint challenging_since_{};
};

}  // namespace diemcau::media
