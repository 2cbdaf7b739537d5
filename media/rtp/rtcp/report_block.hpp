#pragma once
// The report block that SR and RR carry (RFC 3550 §6.4.1).

#include <cstdint>
#include <span>

#include <boost/container/static_vector.hpp>

#include "media/rtp/byte_order.hpp"

namespace diemcau::media::rtcp {

struct ReportBlock {
  static constexpr std::size_t kSize = 24;

  std::uint32_t ssrc = 0;
  std::uint8_t fraction_lost = 0;         // of 256, since the last report
  std::int32_t cumulative_lost = 0;       // 24 bits, signed
  std::uint32_t highest_sequence = 0;     // extended
  std::uint32_t jitter = 0;               // in units of the RTP clock
  std::uint32_t last_sr = 0;              // compact NTP; 0: none yet
  std::uint32_t delay_since_last_sr = 0;  // 1/65536 s

  bool operator==(const ReportBlock&) const = default;

  /// `p` has kSize bytes.
  static ReportBlock load(const std::uint8_t* p) noexcept {
    ReportBlock b;
    b.ssrc = load32(p);
    b.fraction_lost = p[4];
    const std::uint32_t lost = load24(p + 5);
    b.cumulative_lost = static_cast<std::int32_t>(lost) - ((lost & 0x800000) != 0 ? 0x1000000 : 0);
    b.highest_sequence = load32(p + 8);
    b.jitter = load32(p + 12);
    b.last_sr = load32(p + 16);
    b.delay_since_last_sr = load32(p + 20);
    return b;
  }
  void store(std::uint8_t* p) const noexcept {
    store32(p, ssrc);
    p[4] = fraction_lost;
    store24(p + 5, static_cast<std::uint32_t>(cumulative_lost) & 0xffffff);
    store32(p + 8, highest_sequence);
    store32(p + 12, jitter);
    store32(p + 16, last_sr);
    store32(p + 20, delay_since_last_sr);
  }
};

using ReportBlocks = boost::container::static_vector<ReportBlock, 31>;  // RC has 5 bits

}  // namespace diemcau::media::rtcp
