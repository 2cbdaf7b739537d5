#include "tests/bench/fanout/floor.hpp"

#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/udp.h>
#include <srtp2/srtp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/metrics.hpp"
#include "media/transport/srtp_session.hpp"
#include "tests/bench/fanout/crowd.hpp"
#include "tests/bench/fanout/slots.hpp"
#include "tests/bench/fanout/thread_cpu.hpp"

namespace diemcau::media::bench {
namespace {

constexpr std::size_t kHeader = 28;  // with its extensions

struct Receiver {
  int from = -1, to = -1;
  sockaddr_in address{};
  srtp_t srtp = nullptr;
  std::uint16_t video = 0, audio = 0;
};

int udp_socket() {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int room = 1 << 20;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  return fd;
}

Receiver make_receiver() {
  Receiver r;
  r.from = udp_socket();
  r.to = udp_socket();
  r.address.sin_family = AF_INET;
  r.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof r.address;
  bind(r.to, reinterpret_cast<sockaddr*>(&r.address), size);
  getsockname(r.to, reinterpret_cast<sockaddr*>(&r.address), &size);
  srtp_policy_t policy{};
  srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, srtp_profile_aead_aes_128_gcm);
  srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, srtp_profile_aead_aes_128_gcm);
  policy.ssrc.type = ssrc_any_outbound;
  std::uint8_t key[28] = {1, 2, 3};
  policy.key = key;
  srtp_create(&r.srtp, &policy);
  return r;
}

std::size_t put(Receiver& r, std::uint8_t* at, std::span<const std::uint8_t> payload,
                std::uint32_t ssrc, std::uint16_t sequence) {
  std::memset(at, 0, kHeader);
  at[0] = 0x80;
  store16(at + 2, sequence);
  store32(at + 8, ssrc);
  std::memcpy(at + kHeader, payload.data(), payload.size());
  int length = static_cast<int>(kHeader + payload.size());
  srtp_protect(r.srtp, at, &length);
  return static_cast<std::size_t>(length);
}

void send(Receiver& r, std::uint8_t* data, std::size_t size, std::size_t segment) {
  iovec vector{data, size};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(std::uint16_t))] = {};
  msghdr message{};
  message.msg_name = &r.address;
  message.msg_namelen = sizeof r.address;
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  if (size > segment) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_UDP;
    header->cmsg_type = UDP_SEGMENT;
    header->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
    const auto bytes = static_cast<std::uint16_t>(segment);
    std::memcpy(CMSG_DATA(header), &bytes, sizeof bytes);
  }
  sendmsg(r.from, &message, MSG_DONTWAIT);
}

void read_all(const std::vector<Receiver>& receivers, const std::atomic<bool>& stop) {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  for (const Receiver& r : receivers) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = r.to;
    epoll_ctl(epoll, EPOLL_CTL_ADD, r.to, &event);
  }
  std::vector<std::uint8_t> buffer(4096);
  epoll_event events[64];
  while (!stop.load()) {
    const int ready = epoll_wait(epoll, events, 64, 0);
    if (ready == 0) std::this_thread::sleep_for(kNap);  // as the crowd does
    for (int i = 0; i < ready; ++i)
      while (recv(events[i].data.fd, buffer.data(), buffer.size(), MSG_DONTWAIT) > 0) {
      }
  }
  close(epoll);
}

}  // namespace

double floor_per_packet(std::size_t count, int seconds) {
  Metrics metrics;
  TransportCounters counters(metrics);
  const std::vector<std::uint8_t> any(28);  // initialises libsrtp, which may be done once only
  if (!SrtpSession::create(SrtpProfile::aead_aes_128_gcm, any, any, counters)) return 0;
  std::vector<Receiver> receivers;
  for (std::size_t i = 0; i < count; ++i) receivers.push_back(make_receiver());
  std::atomic<bool> stop{false};
  std::thread reader([&] { read_all(receivers, stop); });

  const auto picture = frame(0, true);
  const auto tone = sound(0);
  std::vector<std::uint8_t> buffer(64 * 1024);
  std::size_t packets = 0;
  const double begun = thread_cpu_seconds();
  auto next = std::chrono::steady_clock::now();
  for (int beat = 0; beat < seconds * kSoundsPerSecond; ++beat) {
    for (Receiver& r : receivers) {
      const std::size_t size =
          put(r, buffer.data(), {tone->bytes.data(), tone->bytes.size()}, kAudioSsrc, r.audio++);
      send(r, buffer.data(), size, size);
      ++packets;
    }
    if (beat % 2 == 0) {
      for (Receiver& r : receivers) {
        std::size_t used = 0;
        for (const PacketInfo& p : picture->packets)
          used += put(r, buffer.data() + used, picture->payload(p), kVideoSsrc, r.video++);
        send(r, buffer.data(), used, kHeader + kFullPayload + 16);
        packets += picture->packets.size();
      }
    }
    next += std::chrono::microseconds(1'000'000 / kSoundsPerSecond);
    std::this_thread::sleep_until(next);
  }
  const double used = thread_cpu_seconds() - begun;
  stop = true;
  reader.join();
  for (Receiver& r : receivers) {
    close(r.from);
    close(r.to);
    srtp_dealloc(r.srtp);
  }
  return used / static_cast<double>(packets) * 1e6;
}

}  // namespace diemcau::media::bench
