#include "media/transport/ice_candidate.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace diemcau::media {

namespace {
Error malformed(std::string_view detail) {
  return make_error(Errc::invalid_argument, "ice.candidate", detail);
}
Error unsupported(std::string_view detail) {
  return make_error(Errc::unsupported, "ice.candidate_unsupported", detail);
}

std::string_view next_word(std::string_view& rest) {
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return {};
  return value;
}

bool is_ice_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/';
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(x) == lower(y);
  });
}

enum class AddressKind { unicast, unusable, not_an_address };

AddressKind address_kind(const std::string& text) {
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) {
    const std::uint32_t host = ntohl(v4.s_addr);
    const bool bad = (host >> 24) == 0 || (host >> 28) >= 0xe;  // this network, multicast, 255…
    return bad ? AddressKind::unusable : AddressKind::unicast;
  }
  in6_addr v6{};
  if (inet_pton(AF_INET6, text.c_str(), &v6) == 1) {
    const bool bad =
        IN6_IS_ADDR_UNSPECIFIED(&v6) || IN6_IS_ADDR_MULTICAST(&v6) || IN6_IS_ADDR_V4MAPPED(&v6);
    return bad ? AddressKind::unusable : AddressKind::unicast;
  }
  return AddressKind::not_an_address;
}

bool is_host_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_ice_char(c) || c == '-' || c == '.' || c == '_';
  });
}

std::optional<IceCandidate::Type> type_of(std::string_view word) {
  using Type = IceCandidate::Type;
  if (word == "host") return Type::host;
  if (word == "srflx") return Type::server_reflexive;
  if (word == "prflx") return Type::peer_reflexive;
  if (word == "relay") return Type::relayed;
  return {};
}
}  // namespace

Result<IceCandidate> parse_candidate(std::string_view line) {
  if (line.size() > kMaxCandidateLine) return malformed("a candidate line is too long");
  if (line.starts_with("a=")) line.remove_prefix(2);
  static constexpr std::string_view kPrefix = "candidate:";
  if (!line.starts_with(kPrefix)) return malformed("a candidate must begin with \"candidate:\"");
  line.remove_prefix(kPrefix.size());
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n' || line.back() == ' '))
    line.remove_suffix(1);

  IceCandidate out;
  out.foundation = next_word(line);
  if (out.foundation.empty() || out.foundation.size() > 32 ||
      !std::all_of(out.foundation.begin(), out.foundation.end(), is_ice_char))
    return malformed("the foundation must be 1 to 32 ice-chars");
  const auto component = number<std::uint16_t>(next_word(line));
  if (!component || *component == 0 || *component > 256)
    return malformed("the component must be 1 to 256");
  const std::string_view transport = next_word(line);
  const auto priority = number<std::uint32_t>(next_word(line));
  if (!priority || *priority == 0 || *priority > 0x7fffffff)
    return malformed("the priority must be 1 to 2^31-1");
  const std::string_view address = next_word(line);
  const auto port = number<std::uint16_t>(next_word(line));
  if (!port) return malformed("the port must be 0 to 65535");
  if (next_word(line) != "typ") return malformed("\"typ\" is missing");
  const auto type = type_of(next_word(line));
  if (!type) return malformed("the candidate type is unknown");

  std::string_view tcp_type;
  while (!line.empty()) {  // extensions are name and value
    const std::string_view name = next_word(line);
    const std::string_view value = next_word(line);
    if (name == "tcptype") tcp_type = value;
  }

  out.component = *component;
  out.priority = *priority;
  out.address = address;
  out.port = *port;
  out.type = *type;
  if (same_word(transport, "udp")) {
    out.protocol = IceCandidate::Protocol::udp;
  } else if (!same_word(transport, "tcp")) {
    return unsupported("only UDP and TCP candidates are used");
  } else if (tcp_type == "active") {
    out.protocol = IceCandidate::Protocol::tcp_active;
  } else if (tcp_type == "passive") {
    out.protocol = IceCandidate::Protocol::tcp_passive;
  } else if (tcp_type == "so") {
    return unsupported("simultaneous-open TCP is not used");
  } else {
    return malformed("a TCP candidate needs a tcptype");  // RFC 6544 §4.5
  }
  if (out.component != 1) return unsupported("only component 1 is used (rtcp-mux)");
  switch (address_kind(out.address)) {
    case AddressKind::unicast:
      break;
    case AddressKind::unusable:
      return unsupported("the address is not a unicast address");
    case AddressKind::not_an_address:
      // libnice cannot parse mDNS names, and a name would have to be looked up in the network of
      // the site anyway; such a peer is found as peer-reflexive candidate.
      return is_host_name(address) ? unsupported("host names are not resolved")
                                   : malformed("the address cannot be read");
  }
  if (out.port == 0) return unsupported("port 0 cannot be sent to");
  return out;
}

std::string to_string(const IceCandidate& c) {
  std::string text = "candidate:" + c.foundation + ' ' + std::to_string(c.component);
  text += c.protocol == IceCandidate::Protocol::udp ? " UDP " : " TCP ";
  text += std::to_string(c.priority) + ' ' + c.address + ' ' + std::to_string(c.port) + " typ host";
  if (c.protocol == IceCandidate::Protocol::tcp_active) text += " tcptype active";
  if (c.protocol == IceCandidate::Protocol::tcp_passive) text += " tcptype passive";
  return text;
}

}  // namespace diemcau::media
