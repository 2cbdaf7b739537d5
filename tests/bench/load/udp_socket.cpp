#include "tests/bench/load/udp_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <netinet/udp.h>
#include <unistd.h>

#ifndef UDP_GRO  // in the kernel since 5.0, not in Debian 12's netinet/udp.h
#define UDP_GRO 104
#endif

namespace diemcau::bench {
namespace {
constexpr int kReceiveBuffer = 4 << 20;
}

ReceiveRoom::ReceiveRoom(bool coalesced) : slot_size_(coalesced ? 65536 : 2048) {
  const std::size_t slots = coalesced ? 8 : 64;
  bytes_.resize(slots * slot_size_);
  control_.resize(slots * kControl);
  from_.resize(slots);
  vectors_.resize(slots);
  messages_.resize(slots);
  for (std::size_t i = 0; i < slots; ++i) {
    vectors_[i] = {bytes_.data() + i * slot_size_, slot_size_};
    auto& header = messages_[i].msg_hdr;
    header.msg_name = &from_[i];
    header.msg_iov = &vectors_[i];
    header.msg_iovlen = 1;
    header.msg_control = control_.data() + i * kControl;
  }
}

Result<UdpSocket> UdpSocket::open(bool coalesced, bool any) {
  UdpSocket self(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(any ? INADDR_ANY : INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (self.fd_ < 0 || bind(self.fd_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(self.fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    return make_error(Errc::io, "load.socket", std::strerror(errno));
  self.port_ = ntohs(address.sin_port);
  // Beyond net.core.rmem_max where we may.
  if (setsockopt(self.fd_, SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof kReceiveBuffer) != 0)
    setsockopt(self.fd_, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer);
  const int on = 1;
  setsockopt(self.fd_, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
  if (coalesced && setsockopt(self.fd_, IPPROTO_UDP, UDP_GRO, &on, sizeof on) != 0)
    return make_error(Errc::io, "load.socket", "this kernel has no UDP_GRO");
  return self;
}

UdpSocket::~UdpSocket() {
  if (fd_ >= 0) close(fd_);
}

UdpSocket::UdpSocket(UdpSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), port_(other.port_), overflowed_(other.overflowed_) {}

void UdpSocket::connect(const sockaddr_in& remote) noexcept {
  ::connect(fd_, reinterpret_cast<const sockaddr*>(&remote), sizeof remote);
}

void UdpSocket::send(std::span<const std::uint8_t> datagram) noexcept {
  // An ICMP error of an earlier datagram is reported here, and cleared by it.
  if (::send(fd_, datagram.data(), datagram.size(), MSG_NOSIGNAL) < 0 && errno == ECONNREFUSED)
    ::send(fd_, datagram.data(), datagram.size(), MSG_NOSIGNAL);
}

int UdpSocket::receive(ReceiveRoom& room) noexcept {
  for (auto& message : room.messages_) {
    message.msg_hdr.msg_namelen = sizeof(sockaddr_in);
    message.msg_hdr.msg_controllen = ReceiveRoom::kControl;
  }
  return recvmmsg(fd_, room.messages_.data(), static_cast<unsigned>(room.messages_.size()),
                  MSG_DONTWAIT, nullptr);
}

std::size_t UdpSocket::segment_of(const msghdr& message) noexcept {
  std::size_t segment = 0;
  for (auto* item = CMSG_FIRSTHDR(&message); item != nullptr;
       item = CMSG_NXTHDR(const_cast<msghdr*>(&message), item)) {
    if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SO_RXQ_OVFL) {
      std::memcpy(&overflowed_, CMSG_DATA(item), sizeof overflowed_);
    } else if (item->cmsg_level == IPPROTO_UDP && item->cmsg_type == UDP_GRO) {
      int size = 0;
      std::memcpy(&size, CMSG_DATA(item), sizeof size);
      segment = static_cast<std::size_t>(size);
    }
  }
  return segment;
}

}  // namespace diemcau::bench
