#include "media/rtp/receive_statistics.hpp"

#include <algorithm>

#include "media/rtp/ntp_time.hpp"

namespace diemcau::media {

namespace {
std::uint32_t in_rtp_units(TimePoint when, std::uint32_t rate) noexcept {
  constexpr std::int64_t kBillion = 1'000'000'000;
  const std::int64_t ns = when.time_since_epoch().count();
  return static_cast<std::uint32_t>(ns / kBillion * rate + ns % kBillion * rate / kBillion);
}
}  // namespace

void ReceiveStatistics::restart() noexcept {
  *this = ReceiveStatistics(clock_rate_);
}

void ReceiveStatistics::on_packet(std::int64_t index, std::uint32_t timestamp,
                                  TimePoint arrived) noexcept {
  const bool newest = !base_ || index > highest_;
  if (!base_) {
    base_ = index;
    highest_ = index;
  }
  base_ = std::min(*base_, index);
  highest_ = std::max(highest_, index);
  ++received_;
  if (!newest || (has_transit_ && timestamp == last_timestamp_)) return;
  // The packets of one picture share a timestamp and leave as a burst: only the first of them
  // says something about the line.
  const std::uint32_t transit = in_rtp_units(arrived, clock_rate_) - timestamp;
  if (has_transit_) {
    const auto d = static_cast<std::int32_t>(transit - last_transit_);
    const auto magnitude = static_cast<std::uint32_t>(d < 0 ? -std::int64_t{d} : d);
    // A change of the sender's clock is no jitter.
    if (magnitude < clock_rate_ * 5) jitter_ += magnitude - ((jitter_ + 8) >> 4);
  }
  has_transit_ = true;
  last_transit_ = transit;
  last_timestamp_ = timestamp;
}

void ReceiveStatistics::on_sender_report(std::uint64_t ntp, TimePoint arrived) noexcept {
  last_sr_ = NtpClock::compact(ntp);
  last_sr_arrived_ = arrived;
}

std::int64_t ReceiveStatistics::lost() const noexcept {
  return expected() - static_cast<std::int64_t>(received_);
}

rtcp::ReportBlock ReceiveStatistics::report(std::uint32_t ssrc, TimePoint now) noexcept {
  rtcp::ReportBlock block;
  block.ssrc = ssrc;
  const std::int64_t expected_interval = expected() - expected_prior_;
  const auto received_interval = static_cast<std::int64_t>(received_ - received_prior_);
  const std::int64_t lost_interval = expected_interval - received_interval;
  if (expected_interval > 0 && lost_interval > 0)
    block.fraction_lost = static_cast<std::uint8_t>(
        std::min<std::int64_t>(255, lost_interval * 256 / expected_interval));
  block.cumulative_lost =
      static_cast<std::int32_t>(std::clamp<std::int64_t>(lost(), -0x800000, 0x7fffff));
  block.highest_sequence = static_cast<std::uint32_t>(highest_);
  block.jitter = jitter();
  if (last_sr_) {
    block.last_sr = *last_sr_;
    block.delay_since_last_sr =
        NtpClock::to_compact(std::max(Duration::zero(), now - last_sr_arrived_));
  }
  expected_prior_ = expected();
  received_prior_ = received_;
  return block;
}

}  // namespace diemcau::media
