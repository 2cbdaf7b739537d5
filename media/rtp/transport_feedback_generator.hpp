#pragma once
// Arrival times of everything the transport brought, told back to the sender's bandwidth
// estimation (draft-holmer-rmcat-transport-wide-cc-extensions-01). Once accepted in the answer it
// must be sent: without it Chromium's uplink falls to 30 kbit/s.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "media/rtp/rtcp/transport_feedback.hpp"
#include "media/rtp/sequence_unwrapper.hpp"

namespace diemcau::media {

class TransportFeedbackGenerator {
 public:
  static constexpr Duration kInterval = std::chrono::milliseconds(60);
  static constexpr std::size_t kWindow = 4096;  // packets remembered
  static constexpr std::size_t kMostPerMessage = 1024;

  TransportFeedbackGenerator();

  /// `sequence` is the packet's transport-wide number. False when it is out of all proportion.
  bool on_packet(std::uint16_t sequence, std::uint32_t media_ssrc, TimePoint arrived) noexcept;
  bool due(TimePoint now) const noexcept;

  /// The next message; null when all is told. Borrowed until the next call; call until null.
  rtcp::TransportFeedback* next(std::uint32_t sender_ssrc, TimePoint now);

 private:
  struct Arrival {
    std::int64_t index = -1;
    TimePoint at{};
  };
  const Arrival* arrival(std::int64_t index) const noexcept;

  SequenceUnwrapper unwrapper_;
  std::vector<Arrival> window_;
  std::optional<std::int64_t> begin_;  // first not yet told; a late packet moves it back
  std::int64_t end_ = 0;               // behind the newest
  std::uint32_t media_ssrc_ = 0;
  TimePoint last_sent_{};
  rtcp::TransportFeedback message_;  // its room is kept
  std::uint8_t count_ = 0;
};

}  // namespace diemcau::media
