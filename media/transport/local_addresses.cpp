#include "media/transport/local_addresses.hpp"

#include <algorithm>
#include <cstring>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace diemcau::media {

namespace {
constexpr std::size_t kMaxAddresses = 16;

std::string text_of(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    if ((ntohl(v4->sin_addr.s_addr) >> 16) == 0xa9fe) return {};  // 169.254/16, link-local
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
  } else if (address->sa_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
    if (IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr)) return {};
    inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
  }
  return text;
}

bool can_bind(const std::string& address) {
  sockaddr_storage storage{};
  socklen_t size = 0;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    size = sizeof *v4;
  } else if (inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    size = sizeof *v6;
  } else {
    return false;
  }
  const int fd = socket(storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  const bool bound = bind(fd, reinterpret_cast<const sockaddr*>(&storage), size) == 0;
  close(fd);
  return bound;
}
}  // namespace

std::vector<std::string> local_addresses() {
  std::vector<std::string> out;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return out;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_UP) == 0 ||
        (entry->ifa_flags & IFF_LOOPBACK) != 0)
      continue;
    std::string text = text_of(entry->ifa_addr);
    if (!text.empty() && std::find(out.begin(), out.end(), text) == out.end())
      out.push_back(std::move(text));
  }
  freeifaddrs(list);
  if (out.size() > kMaxAddresses) out.resize(kMaxAddresses);
  return out;
}

std::vector<std::string> local_addresses_and_loopback() {
  auto addresses = local_addresses();
  addresses.emplace_back("127.0.0.1");
  return addresses;
}

Result<std::vector<std::string>> addresses_to_offer(const std::vector<std::string>& wanted) {
  if (wanted.empty()) {
    auto all = local_addresses();
    if (all.empty())
      return make_error(Errc::unavailable, "ice.no_address",
                        "this machine has no address but loopback; name one with --ice-address");
    return all;
  }
  if (wanted.size() > kMaxAddresses)
    return make_error(Errc::invalid_argument, "ice.address", "more than 16 ICE addresses");
  // Asked before libnice is: on an address that cannot be bound it would try every port of the
  // range, twice, and then say only that it failed.
  for (const auto& address : wanted)
    if (!can_bind(address))
      return make_error(Errc::invalid_argument, "ice.address",
                        "the ICE address " + address + " does not belong to this machine");
  return wanted;
}

}  // namespace diemcau::media
