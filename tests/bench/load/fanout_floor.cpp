// The floor of fan-out: paced frames and sound to N receivers by SRTP (AEAD_AES_128_GCM) and one
// UDP_SEGMENT send each, nothing else. The receivers' sockets are read by a process of their own,
// so that waking it costs here what it costs a server.
//
//   fanout_floor N SECONDS FRAME_PACKETS PACKET_BYTES SOUND_BYTES [coalesced]
//
// Bytes are those of the SRTP packet. Prints {"us": CPU time per packet, "packets": how many}.

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include <netinet/udp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "media/rtp/byte_order.hpp"
#include "media/transport/srtp_session.hpp"
#include "tests/bench/load/udp_socket.hpp"

namespace diemcau::bench {
namespace {

using namespace std::chrono_literals;
constexpr std::size_t kTag = 16;

[[noreturn]] void receive_for_ever(std::vector<UdpSocket>& sockets, bool coalesced) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  ReceiveRoom room(coalesced);
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    epoll_ctl(epoll, EPOLL_CTL_ADD, sockets[i].fd(), &event);
  }
  std::vector<epoll_event> events(256);
  for (;;) {
    const int count = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i)
      sockets[events[static_cast<std::size_t>(i)].data.u64].read(
          room, [](std::span<std::uint8_t>, const sockaddr_in&) {});
  }
}

struct Receiver {
  sockaddr_in address{};
  std::unique_ptr<media::SrtpSession> srtp;
  std::uint16_t sequence = 0;
};

class Floor {
 public:
  Floor(std::vector<Receiver> receivers, std::size_t packet_bytes, std::size_t sound_bytes)
      : receivers_(std::move(receivers)),
        packet_bytes_(packet_bytes),
        sound_bytes_(sound_bytes),
        fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}
  ~Floor() { close(fd_); }

  void send_frame(std::size_t count) {
    for (auto& to : receivers_) send(to, 2, count, packet_bytes_);
  }
  void send_sound() {
    for (auto& to : receivers_) send(to, 1, 1, sound_bytes_);
  }
  std::int64_t packets() const { return packets_; }

 private:
  void send(Receiver& to, std::uint32_t ssrc, std::size_t count, std::size_t size) {
    std::size_t used = 0;
    for (std::size_t i = 0; i < count; ++i) {
      std::uint8_t* at = room_.data() + used;
      at[0] = 0x80;
      at[1] = 96;
      // One number for both streams: each is a context of its own in libsrtp.
      media::store16(at + 2, to.sequence++);
      media::store32(at + 8, ssrc);
      used += to.srtp->protect_rtp(std::span(room_).subspan(used), size - kTag);
    }
    iovec vector{room_.data(), used};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(std::uint16_t))] = {};
    msghdr message{};
    message.msg_name = &to.address;
    message.msg_namelen = sizeof to.address;
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    if (count > 1) {
      message.msg_control = control;
      message.msg_controllen = sizeof control;
      cmsghdr* header = CMSG_FIRSTHDR(&message);
      header->cmsg_level = SOL_UDP;
      header->cmsg_type = UDP_SEGMENT;
      header->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
      const auto segment = static_cast<std::uint16_t>(size);
      std::memcpy(CMSG_DATA(header), &segment, sizeof segment);
    }
    if (sendmsg(fd_, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(used))
      packets_ += static_cast<std::int64_t>(count);
  }

  std::vector<Receiver> receivers_;
  std::size_t packet_bytes_, sound_bytes_;
  int fd_;
  std::int64_t packets_ = 0;
  std::vector<std::uint8_t> room_ = std::vector<std::uint8_t>(64 * 1500);
};

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int run(std::size_t n, double seconds, double frame_packets, std::size_t packet_bytes,
        std::size_t sound_bytes, bool coalesced) {
  std::vector<UdpSocket> sockets;
  std::vector<Receiver> receivers(n);
  Metrics metrics;
  media::TransportCounters counters(metrics);
  const std::vector<std::uint8_t> key(28, 7);
  for (auto& receiver : receivers) {
    auto socket = UdpSocket::open(coalesced);
    auto srtp =
        media::SrtpSession::create(media::SrtpProfile::aead_aes_128_gcm, key, key, counters);
    if (!socket || !srtp) return 1;
    receiver.address.sin_family = AF_INET;
    receiver.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    receiver.address.sin_port = htons(socket->port());
    receiver.srtp = std::move(*srtp);
    sockets.push_back(std::move(*socket));
  }
  const pid_t child = fork();
  if (child == 0) receive_for_ever(sockets, coalesced);
  sockets.clear();

  Floor floor(std::move(receivers), packet_bytes, sound_bytes);
  TimePoint next = std::chrono::steady_clock::now();
  const TimePoint end =
      next + std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  const double before = processor_seconds();
  double owed = 0;
  for (int tick = 0; next < end; ++tick) {
    floor.send_sound();
    if (tick % 2 == 0) {
      owed += frame_packets;
      const auto count = static_cast<std::size_t>(owed);
      if (count > 0) floor.send_frame(count);
      owed -= static_cast<double>(count);
    }
    std::this_thread::sleep_until(next += 20ms);
  }
  const double used = processor_seconds() - before;
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  std::printf("{\"us\": %.4f, \"packets\": %lld}\n",
              used * 1e6 / static_cast<double>(floor.packets()),
              static_cast<long long>(floor.packets()));
  return 0;
}

}  // namespace
}  // namespace diemcau::bench

int main(int argc, char** argv) {
  if (argc < 6) {
    std::fprintf(stderr,
                 "usage: fanout_floor N SECONDS FRAME_PACKETS PACKET_BYTES SOUND_BYTES "
                 "[coalesced]\n");
    return 2;
  }
  const auto size = [&](int i) { return static_cast<std::size_t>(std::atoi(argv[i])); };
  return diemcau::bench::run(size(1), std::atof(argv[2]), std::atof(argv[3]), size(4), size(5),
                             argc > 6);
}
