#pragma once
// Fills a line down with padding for a moment, to see what arrives: packets of nothing but padding
// (RFC 3550 §5.1) on the retransmission source of a slot, as a sender that probes for room sends
// them. A browser counts their bytes and looks no further. Lives on the session's loop.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "media/rtp/header_template.hpp"
#include "media/rtp/ntp_time.hpp"
#include "media/rtp/packet_output.hpp"

namespace diemcau::media {

/// So many bit/s on the wire (UDP and IPv4 headers and SRTP's tag counted) for so long.
struct ProbeStep {
  double bits_per_second = 0;
  Duration length{};
};

class LineProbe {
 public:
  /// The slot must show nothing: its retransmission source is the probe's alone.
  static bool possible(const SlotParameters& slot) noexcept {
    return slot.send && slot.codec.rtx_payload_type && slot.local_rtx_ssrc != 0;
  }
  LineProbe(const SlotParameters& slot, const Clock& clock);

  void start(std::vector<ProbeStep> steps, TimePoint now);
  void stop() noexcept { steps_.clear(); }
  bool running() const noexcept { return !steps_.empty(); }
  /// Sends what is due by `now`. A tick that comes late sends no more than one of 60 ms.
  void tick(TimePoint now, PacketOutput& output) noexcept;

  std::uint64_t packets() const noexcept { return packets_; }

 private:
  double due(TimePoint now) noexcept;

  std::uint8_t payload_type_;
  HeaderTemplate header_;
  NtpClock ntp_;
  std::uint16_t sequence_ = 0;
  std::vector<ProbeStep> steps_;
  std::size_t step_ = 0;
  TimePoint step_began_{}, last_{};
  double owed_ = 0;  // bytes
  std::uint64_t packets_ = 0;
};

}  // namespace diemcau::media
