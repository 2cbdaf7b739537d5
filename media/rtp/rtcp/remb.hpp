#pragma once
// REMB (draft-alvestrand-rmcat-remb-03 §2.2): an application-layer payload feedback message.

#include <optional>

#include <boost/container/static_vector.hpp>

#include "media/rtp/rtcp/packet.hpp"

namespace diemcau::media::rtcp {

struct Remb {
  static constexpr std::uint8_t kFormat = 15;  // RFC 4585 §6.4 AFB
  std::uint32_t sender_ssrc = 0;
  std::uint64_t bitrate = 0;  // bit/s; written with 18 bits of mantissa, rounded down
  boost::container::static_vector<std::uint32_t, 32> ssrcs;  // more are not read

  static std::optional<Remb> parse(const PacketView& packet) noexcept;
  bool write(Writer& out) const noexcept;
  bool operator==(const Remb&) const = default;
};

}  // namespace diemcau::media::rtcp
