#include "media/transport/udp_sender.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <netinet/in.h>
#include <netinet/udp.h>

namespace diemcau::media {

void UdpSender::set_path(int fd, const sockaddr_storage& remote, socklen_t size) noexcept {
  fd_ = fd;
  remote_ = remote;
  remote_size_ = size;
  segment_ = true;
}

std::size_t UdpSender::send(const PacketRun& run) noexcept {
  if (run.count > 1 && segment_) {
    if (send_segmented(run)) return run.count;
    if (segment_) {  // no room now; the receiver's NACK is the second chance
      counters_.send_dropped.add(run.count);
      return 0;
    }
  }
  return run.count == 1 ? send_one(run) : send_each(run);
}

std::size_t UdpSender::send_one(const PacketRun& run) noexcept {
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (sendto(fd_, run.data, run.total, MSG_DONTWAIT | MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&remote_), remote_size_) >= 0)
      return 1;
    if (errno != EINTR && errno != ECONNREFUSED) break;
  }
  counters_.send_dropped.add();
  return 0;
}

bool UdpSender::send_segmented(const PacketRun& run) noexcept {
  iovec vector{run.data, run.total};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(std::uint16_t))] = {};
  msghdr message{};
  message.msg_name = &remote_;
  message.msg_namelen = remote_size_;
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_UDP;
  header->cmsg_type = UDP_SEGMENT;
  header->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
  const auto segment = static_cast<std::uint16_t>(run.segment);
  std::memcpy(CMSG_DATA(header), &segment, sizeof segment);
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (sendmsg(fd_, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) return true;
    // A queued ICMP error is reported on the next send and cleared by it: once more.
    if (errno == EINTR || errno == ECONNREFUSED) continue;
    // EIO: the device cannot make the checksums; EINVAL: a segment is larger than its MTU. Not
    // for this path, then.
    if (errno == EIO || errno == EINVAL || errno == EMSGSIZE || errno == EOPNOTSUPP)
      segment_ = false;
    return false;
  }
  return false;
}

std::size_t UdpSender::send_each(const PacketRun& run) noexcept {
  iovec vectors[SendBatch::kMaxSegments];
  mmsghdr messages[SendBatch::kMaxSegments];
  std::memset(messages, 0, run.count * sizeof messages[0]);
  for (std::size_t i = 0; i < run.count; ++i) {
    const std::size_t offset = i * run.segment;
    vectors[i] = {run.data + offset, std::min(run.segment, run.total - offset)};
    messages[i].msg_hdr.msg_name = &remote_;
    messages[i].msg_hdr.msg_namelen = remote_size_;
    messages[i].msg_hdr.msg_iov = &vectors[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  std::size_t sent = 0, refused = 0;
  bool again = true;
  while (sent + refused < run.count) {
    const std::size_t at = sent + refused;
    const int taken = sendmmsg(fd_, messages + at, static_cast<unsigned>(run.count - at),
                               MSG_DONTWAIT | MSG_NOSIGNAL);
    if (taken > 0) {
      sent += static_cast<std::size_t>(taken);
      continue;
    }
    if ((errno == EINTR || errno == ECONNREFUSED) && again) {
      again = false;
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) break;
    ++refused;  // this one, e.g. EMSGSIZE; the others may still go
  }
  if (sent < run.count) counters_.send_dropped.add(run.count - sent);
  return sent;
}

}  // namespace diemcau::media
