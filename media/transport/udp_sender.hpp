#pragma once
// Puts a run of packets on a UDP socket: one UDP_SEGMENT send, or sendmmsg where that fails.

#include <sys/socket.h>

#include "media/transport/send_batch.hpp"
#include "media/transport/transport_counters.hpp"

namespace diemcau::media {

class UdpSender {
 public:
  explicit UdpSender(TransportCounters& counters) : counters_(counters) {}

  /// `fd` is borrowed until the next call. Segmentation is tried anew: it depends on the device.
  void set_path(int fd, const sockaddr_storage& remote, socklen_t size) noexcept;
  /// Number of packets the kernel took; the rest are counted as dropped, as UDP does.
  std::size_t send(const PacketRun& run) noexcept;
  bool segments() const noexcept { return segment_; }

 private:
  std::size_t send_one(const PacketRun& run) noexcept;
  bool send_segmented(const PacketRun& run) noexcept;
  std::size_t send_each(const PacketRun& run) noexcept;

  TransportCounters& counters_;
  int fd_ = -1;
  sockaddr_storage remote_{};
  socklen_t remote_size_ = 0;
  bool segment_ = true;
};

}  // namespace diemcau::media
