#pragma once
// What one receiver's line takes, guessed from what the receiver says of it. An interface, so that
// transport-wide feedback can take REMB's place without anybody above noticing.

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/clock.hpp"

namespace diemcau::media {

struct LineEstimate {
  double bitrate = 0;        // bit/s on the wire, all headers counted; 0 unknown
  double sent = 0;           // bit/s of late, likewise
  double fraction_lost = 0;  // 0…1, as last reported, of the slot that loses most
  TimePoint reported{};      // when that was said
  double repaired = 0;       // 0…1 of sound that was asked for again: lost, whatever reports say
  bool queued = false;       // a queue stood in front of the line, lately
  Duration round_trip{};     // 0 unknown
};

/// What a report block says of one slot.
struct FlowReport {
  std::optional<double> fraction_lost;  // 0…1; nothing: of too few packets to say
  double delivered = 0;                 // bit/s that came through; 0 unknown
  Duration round_trip{};                // 0 was not measured
  TimePoint probed{};                   // when the measured trip began
  Duration own_delay{};                 // of it ours at most: so late came our own thread, lately
};

/// Lives on the session's loop; allocates nothing after it was made.
class BandwidthEstimator {
 public:
  virtual ~BandwidthEstimator() = default;

  /// All bytes sent so far, headers and repairs; at least every tenth of a second while there are
  /// any.
  virtual void on_sent(std::uint64_t bytes, TimePoint now) noexcept = 0;
  virtual void on_remb(double bitrate, TimePoint now) noexcept = 0;
  virtual void on_report(std::size_t flow, const FlowReport& report, TimePoint now) noexcept = 0;
  /// Share of sound asked for again: it is repaired within its own numbers, so that reports may
  /// call a line clean that loses a third.
  virtual void on_repaired(double share) noexcept = 0;
  /// A NACK of slot `flow` names this packet, for the first time or again.
  virtual void on_missing(std::size_t flow, std::uint16_t sequence, TimePoint now) noexcept = 0;

  virtual LineEstimate estimate(TimePoint now) const noexcept = 0;
  /// True once when the line chokes: much more is lost or late than was normal. What is sent must
  /// fall now, not after the next report.
  virtual bool take_choke() noexcept = 0;
};

}  // namespace diemcau::media
