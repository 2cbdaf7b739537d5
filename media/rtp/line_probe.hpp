#pragma once
// Fills a line down with padding for a moment, to see what arrives: packets of nothing but padding
// (RFC 3550 §5.1) on the retransmission source of a slot, as a sender that probes for room sends
// them. A browser counts their bytes and looks no further. Numbered by the slot's sender, whose
// repairs leave by the same source. Lives on the session's loop.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "media/rtp/header_template.hpp"
#include "media/rtp/ntp_time.hpp"
#include "media/rtp/packet_output.hpp"
#include "media/session_parameters.hpp"

namespace diemcau::media {

/// So many bit/s on the wire (UDP and IPv4 headers and SRTP's tag counted) for so long.
struct ProbeStep {
  double bits_per_second = 0;
  Duration length{};
};

class LineProbe {
 public:
  static bool possible(const SlotParameters& slot) noexcept {
    return slot.send && repairs_by_rtx(slot);
  }
  LineProbe(const SlotParameters& slot, const Clock& clock);

  void start(std::vector<ProbeStep> steps, TimePoint now);
  void stop() noexcept { steps_.clear(); }
  bool running() const noexcept { return !steps_.empty(); }
  /// Sends what is due by `now`; `next_sequence()` numbers a packet. A tick that comes late sends
  /// no more than one of 60 ms.
  template <class NextSequence>
  void tick(TimePoint now, PacketOutput& output, NextSequence next_sequence) noexcept {
    if (!running()) return;
    owed_ += due(now);
    while (owed_ >= cost()) {
      const auto room = output.reserve();
      if (room.size() < size()) break;
      write(room, next_sequence(), now);
      output.commit_rtp(size());
      owed_ -= cost();
      ++packets_;
    }
    output.flush();
    if (step_ == steps_.size()) stop();
  }

  std::uint64_t packets() const noexcept { return packets_; }

 private:
  // The count of padding is one byte and counts itself.
  static constexpr std::size_t kPadding = 255;

  std::size_t size() const noexcept { return header_.size() + kPadding; }
  double cost() const noexcept { return static_cast<double>(size() + kLowerHeaders); }
  double due(TimePoint now) noexcept;
  void write(std::span<std::uint8_t> room, std::uint16_t sequence, TimePoint now) noexcept;

  std::uint8_t payload_type_;
  HeaderTemplate header_;
  NtpClock ntp_;
  std::vector<ProbeStep> steps_;
  std::size_t step_ = 0;
  TimePoint step_began_{}, last_{};
  double owed_ = 0;  // bytes
  std::uint64_t packets_ = 0;
};

}  // namespace diemcau::media
