#pragma once
// A candidate attribute value (RFC 8839 §5.1, RFC 6544 §4.5) read and written by ourselves: what
// reaches libnice has been through these bounds. Pure.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace diemcau::media {

struct IceCandidate {
  enum class Protocol : std::uint8_t { udp, tcp_active, tcp_passive };
  enum class Type : std::uint8_t { host, server_reflexive, peer_reflexive, relayed };

  std::string foundation;  // 1–32 ice-chars
  std::uint16_t component = 1;
  Protocol protocol = Protocol::udp;
  std::uint32_t priority = 0;  // 1 … 2^31 − 1
  std::string address;         // IPv4 or IPv6 in text, never a name
  std::uint16_t port = 0;
  Type type = Type::host;

  bool operator==(const IceCandidate&) const = default;
};

/// Longest candidate line read.
inline constexpr std::size_t kMaxCandidateLine = 512;

/// Reads "candidate:…" (or "a=candidate:…"). Codes: "ice.candidate" for a malformed one,
/// "ice.candidate_unsupported" for one that is well formed and of no use here: a host name
/// (mDNS `.local`), another transport, component 2, an address nobody can be sent to.
Result<IceCandidate> parse_candidate(std::string_view line);

/// "candidate:1 1 UDP 2015363327 10.0.0.7 50012 typ host". Host candidates only.
std::string to_string(const IceCandidate& candidate);

}  // namespace diemcau::media
