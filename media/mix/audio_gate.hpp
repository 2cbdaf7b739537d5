#pragma once
// Decides on the transport loop, from the RFC 6464 level alone, whether a packet of sound is worth
// queueing. It holds open for half a second behind the last audible packet, so that the ends of
// words and short pauses are kept.

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/clock.hpp"

namespace diemcau::media {

/// State is relaxed atomics: a site that comes back on another loop may overlap with its old
/// connection for a moment, and that must not be a race.
class SilenceGate {
 public:
  /// Packets at this level (−dBov) or louder open the gate; a hall's noise lies below.
  static constexpr std::uint8_t kAudible = 60;
  /// While the gate is open, this much quieter still counts as sound.
  static constexpr std::uint8_t kHysteresis = 4;
  static constexpr Duration kHold = std::chrono::milliseconds(500);
  /// Opus codes digital silence in this many bytes or fewer; judged so when no level is sent.
  static constexpr std::size_t kSilentBytes = 8;

  enum class Verdict {
    pass,
    pass_as_last,  // nothing follows for now: what comes is silence, not loss
    drop,
  };

  /// `level` 127 means silence from a source that sends levels, else unknown.
  Verdict on_packet(std::uint8_t level, bool voice, std::size_t opus_bytes,
                    TimePoint arrived) noexcept;
  /// True once a level was seen.
  bool metered() const noexcept { return metered_.load(std::memory_order_relaxed); }
  void reset() noexcept;

 private:
  std::atomic<bool> metered_{false};
  std::atomic<bool> open_{false};
  std::atomic<std::int64_t> last_audible_ns_{0};
};

}  // namespace diemcau::media
