#pragma once
// Tells a microphone that is switched off at its stand, and one that is cut off at full scale, from
// those that are well. Pure: levels and sounds in, with time. Lives on the mix thread.

#include <cstdint>
#include <optional>
#include <span>

#include "base/clock.hpp"

namespace diemcau::media {

/// Packets come, and for a while there is no sound in any of them.
class SilenceWatch {
 public:
  static constexpr std::uint8_t kSilent = 75;   // −dBov: a hall with nobody in it is louder
  static constexpr std::uint8_t kAudible = 65;  // ends it
  static constexpr Duration kAfter = std::chrono::seconds(8);

  /// Every second or so: the loudest level since the last look (RFC 6464, 0 … 127), nothing when no
  /// packet came; that alone is neither silence nor sound.
  void look(std::optional<std::uint8_t> loudest, TimePoint now) noexcept;
  /// The microphone was closed: what it sends now says nothing.
  void reset() noexcept;
  bool silent() const noexcept { return silent_; }

 private:
  std::optional<TimePoint> since_;  // of the silence
  bool silent_ = false;
};

/// Of what sounds, too much lies at full scale.
class ClippingWatch {
 public:
  static constexpr float kFull = 0.89F;      // a cut wave overshoots and sags in the codec
  static constexpr float kMostFull = 0.04F;  // of a tick's samples: a loud voice alone has less
  static constexpr float kSounding = -45;    // dBov
  static constexpr float kBegin = 0.15F, kEnd = 0.03F;  // of the ticks that sound
  static constexpr int kMemory = 250, kLeast = 100;     // such ticks: 5 s, 2 s

  void tick(std::span<const float> sound) noexcept;
  bool clipping() const noexcept { return clipping_; }

 private:
  float share_ = 0;
  int seen_ = 0;
  bool clipping_ = false;
};

}  // namespace diemcau::media
