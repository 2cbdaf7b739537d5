#pragma once
// What a receiver reports of one SSRC: loss (RFC 3550 A.3) and jitter (A.8).

#include <cstdint>
#include <optional>

#include "base/clock.hpp"
#include "media/rtp/rtcp/report_block.hpp"

namespace diemcau::media {

class ReceiveStatistics {
 public:
  explicit ReceiveStatistics(std::uint32_t clock_rate) noexcept : clock_rate_(clock_rate) {}

  /// A packet that came by itself; packets restored from RTX do not count, or loss would hide.
  void on_packet(std::int64_t index, std::uint32_t timestamp, TimePoint arrived) noexcept;
  /// The sender began anew: counts begin again.
  void restart() noexcept;
  void on_sender_report(std::uint64_t ntp, TimePoint arrived) noexcept;

  bool any() const noexcept { return base_.has_value(); }
  /// The block of a report sent now; closes the interval of fraction_lost.
  rtcp::ReportBlock report(std::uint32_t ssrc, TimePoint now) noexcept;

  std::uint64_t received() const noexcept { return received_; }
  std::int64_t lost() const noexcept;
  std::uint32_t jitter() const noexcept { return jitter_ >> 4; }  // RTP clock
  Duration jitter_time() const noexcept {
    return Duration(static_cast<std::int64_t>(jitter()) * 1'000'000'000 / clock_rate_);
  }

 private:
  std::int64_t expected() const noexcept { return base_ ? highest_ - *base_ + 1 : 0; }

  std::uint32_t clock_rate_;
  std::optional<std::int64_t> base_;
  std::int64_t highest_ = 0;
  std::uint64_t received_ = 0;
  std::int64_t expected_prior_ = 0;
  std::uint64_t received_prior_ = 0;
  std::uint32_t jitter_ = 0;  // scaled by 16
  bool has_transit_ = false;
  std::uint32_t last_transit_ = 0, last_timestamp_ = 0;
  std::optional<std::uint32_t> last_sr_;
  TimePoint last_sr_arrived_{};
};

}  // namespace diemcau::media
