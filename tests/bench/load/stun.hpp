#pragma once
// The STUN messages a small ICE agent needs (RFC 8489, RFC 8445 §7): binding requests and their
// answers. What comes in is not authenticated: peers are on loopback and chosen by us. Pure.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <netinet/in.h>

namespace diemcau::bench {

using StunTransaction = std::array<std::uint8_t, 12>;

struct StunHeader {
  enum class Kind : std::uint8_t { request, response, other } kind = Kind::other;
  StunTransaction transaction{};
};
/// Nothing when it is no STUN message.
std::optional<StunHeader> read_stun(std::span<const std::uint8_t> datagram);

struct BindingRequest {
  std::string_view username;  // "theirs:ours" (RFC 8445 §7.2.2)
  std::string_view password;  // theirs
  std::uint32_t priority = 0;
  std::uint64_t tie_breaker = 0;
  bool controlling = true;  // then with USE-CANDIDATE
};
inline constexpr std::size_t kMaxStun = 700;
/// `room` has kMaxStun bytes. Returns the size.
std::size_t write_binding_request(std::span<std::uint8_t> room, const StunTransaction& transaction,
                                  const BindingRequest& request);
/// `from`: where the request came from; `password`: ours.
std::size_t write_binding_response(std::span<std::uint8_t> room, const StunTransaction& transaction,
                                   const sockaddr_in& from, std::string_view password);

}  // namespace diemcau::bench
