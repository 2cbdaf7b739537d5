#pragma once
// Which protocol a datagram of a BUNDLEd 5-tuple belongs to, by its first bytes.

#include <cstdint>
#include <span>

namespace diemcau::media {

enum class PacketKind : std::uint8_t { stun, dtls, rtp, rtcp, unknown };

/// RFC 7983 §7 as updated by RFC 9443 §3; RTP and RTCP are told apart by RFC 5761 §4.
/// ZRTP, TURN channels and QUIC are nothing of ours: unknown.
constexpr PacketKind packet_kind_of(std::span<const std::uint8_t> datagram) noexcept {
  if (datagram.empty()) return PacketKind::unknown;
  const std::uint8_t first = datagram[0];
  if (first <= 3) return PacketKind::stun;
  if (first >= 20 && first <= 63) return PacketKind::dtls;
  if (first >= 128 && first <= 191) {
    if (datagram.size() < 8) return PacketKind::unknown;  // shorter than any RTCP header
    const std::uint8_t second = datagram[1];
    if (second >= 192 && second <= 223) return PacketKind::rtcp;
    return datagram.size() >= 12 ? PacketKind::rtp : PacketKind::unknown;
  }
  return PacketKind::unknown;
}

}  // namespace diemcau::media
