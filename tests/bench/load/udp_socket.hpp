#pragma once
// A peer's UDP socket on loopback, read by recvmmsg; with UDP_GRO a whole frame arrives in one
// piece, as it left, and costs one read. Thread: one.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/result.hpp"

namespace diemcau::bench {

/// Room for what one read brings; shared by all sockets of a thread.
class ReceiveRoom {
 public:
  explicit ReceiveRoom(bool coalesced);

 private:
  friend class UdpSocket;
  static constexpr std::size_t kControl = 64;
  std::size_t slot_size_;
  std::vector<std::uint8_t> bytes_, control_;
  std::vector<sockaddr_in> from_;
  std::vector<iovec> vectors_;
  std::vector<mmsghdr> messages_;
};

class UdpSocket {
 public:
  /// Errors: load.socket. `coalesced`: with UDP_GRO. `any`: for a peer on another of this machine's
  /// addresses than loopback.
  static Result<UdpSocket> open(bool coalesced, bool any = false);
  ~UdpSocket();
  UdpSocket(UdpSocket&& other) noexcept;
  UdpSocket& operator=(UdpSocket&&) = delete;

  int fd() const noexcept { return fd_; }
  std::uint16_t port() const noexcept { return port_; }
  /// From now on to and from there only.
  void connect(const sockaddr_in& remote) noexcept;
  void send(std::span<const std::uint8_t> datagram) noexcept;
  /// Calls `on_datagram(bytes, from)` for each; the bytes may be changed.
  template <class Fn>
  void read(ReceiveRoom& room, Fn&& on_datagram) {
    const int count = receive(room);
    for (int i = 0; i < count; ++i) {
      const auto at = static_cast<std::size_t>(i);
      std::size_t segment = segment_of(room.messages_[at].msg_hdr);
      std::uint8_t* data = room.bytes_.data() + at * room.slot_size_;
      std::size_t left = room.messages_[at].msg_len;
      if (segment == 0) segment = left;
      while (left > 0) {
        const std::size_t size = std::min(segment, left);
        on_datagram(std::span<std::uint8_t>(data, size), room.from_[at]);
        data += size;
        left -= size;
      }
    }
  }
  /// Datagrams (whole frames, with UDP_GRO) the kernel had no room for: lost here, not on the way.
  std::uint32_t overflowed() const noexcept { return overflowed_; }

 private:
  explicit UdpSocket(int fd) : fd_(fd) {}
  int receive(ReceiveRoom& room) noexcept;
  /// Bytes of each datagram in a coalesced one; 0: it is a single one. Takes note of overflows.
  std::size_t segment_of(const msghdr& message) noexcept;

  int fd_ = -1;
  std::uint16_t port_ = 0;
  std::uint32_t overflowed_ = 0;
};

}  // namespace diemcau::bench
