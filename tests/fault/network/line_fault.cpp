// Makes a line poor: holds, loses and reorders the packets that iptables hands to NFQUEUE, since
// this kernel has no netem. One process serves both directions of one line, each a queue.
//
//   line_fault SEED QUEUE…        then on standard input, at any time:
//     QUEUE loss=0.3 delay=50 jitter=30 rate=300000 buffer=3750 reorder=0 keep_order=0
//     counts                      one JSON line per queue
//   Ends with its input. Says "ready" when packets may come, "set" after each change.

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <sstream>

#include <arpa/inet.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/fault/network/line_model.hpp"

namespace diemcau::fault {
namespace {

constexpr std::uint32_t kHeldPackets = 16'384;

struct Queue {
  Queue(std::uint16_t n, std::uint64_t seed) : number(n), line(seed) {}
  std::uint16_t number;
  LineModel line;
  nfq_q_handle* handle = nullptr;
  std::multimap<TimePoint, std::uint32_t> held;  // packet ids by when they leave

  void verdict(std::uint32_t id, std::uint32_t what) const {
    nfq_set_verdict(handle, id, what, 0, nullptr);
  }
  void release(TimePoint now) {
    while (!held.empty() && held.begin()->first <= now) {
      verdict(held.begin()->second, NF_ACCEPT);
      held.erase(held.begin());
    }
  }
};

int on_packet(nfq_q_handle*, nfgenmsg*, nfq_data* data, void* user) {
  auto& queue = *static_cast<Queue*>(user);
  const auto* header = nfq_get_msg_packet_hdr(data);
  if (header == nullptr) return 0;
  const std::uint32_t id = ntohl(header->packet_id);
  unsigned char* payload = nullptr;
  const int size = nfq_get_payload(data, &payload);
  const auto due = queue.line.pass(static_cast<std::size_t>(std::max(0, size)),
                                   std::chrono::steady_clock::now());
  if (!due)
    queue.verdict(id, NF_DROP);
  else
    queue.held.emplace(*due, id);
  return 0;
}

using Queues = std::vector<std::unique_ptr<Queue>>;

bool command(const std::string& text, Queues& queues) {
  std::istringstream words(text);
  std::string first, word;
  words >> first;
  if (first == "counts") {
    for (const auto& queue : queues) {
      const auto& c = queue->line.counts();
      std::printf(
          "{\"queue\":%u,\"packets\":%llu,\"lost\":%llu,\"overflowed\":%llu,"
          "\"most_waiting\":%llu}\n",
          queue->number, static_cast<unsigned long long>(c.packets),
          static_cast<unsigned long long>(c.lost), static_cast<unsigned long long>(c.overflowed),
          static_cast<unsigned long long>(c.most_waiting));
    }
    return true;
  }
  std::vector<std::string> rest;
  while (words >> word) rest.push_back(word);
  const auto settings = parse_line(rest);
  for (const auto& queue : queues)
    if (settings && std::to_string(queue->number) == first) {
      queue->line.set(*settings);
      std::printf("set\n");
      return true;
    }
  std::fprintf(stderr, "line_fault: not understood: %s\n", text.c_str());
  return false;
}

/// False at the end of the input or at a command that makes no sense.
bool read_commands(std::string& pending, Queues& queues) {
  std::array<char, 1024> bytes{};
  const auto got = ::read(STDIN_FILENO, bytes.data(), bytes.size());
  if (got <= 0) return false;
  pending.append(bytes.data(), static_cast<std::size_t>(got));
  for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
    if (!command(pending.substr(0, end), queues)) return false;
    pending.erase(0, end + 1);
  }
  std::fflush(stdout);
  return true;
}

void serve(nfq_handle* handle, Queues& queues) {
  const int fd = nfq_fd(handle);
  std::array<pollfd, 2> polled{pollfd{fd, POLLIN, 0}, pollfd{STDIN_FILENO, POLLIN, 0}};
  std::array<char, 65'536> packet{};
  std::string pending;
  for (;;) {
    TimePoint now = std::chrono::steady_clock::now();
    std::optional<TimePoint> next;
    for (const auto& queue : queues) {
      queue->release(now);
      if (!queue->held.empty() && (!next || queue->held.begin()->first < *next))
        next = queue->held.begin()->first;
    }
    timespec wait{};
    if (next) {
      const auto ns = std::max<std::int64_t>(0, (*next - now).count());
      wait = {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
    }
    if (::ppoll(polled.data(), polled.size(), next ? &wait : nullptr, nullptr) < 0) return;
    if ((polled[0].revents & POLLIN) != 0)
      for (;;) {
        const auto got = ::recv(fd, packet.data(), packet.size(), MSG_DONTWAIT);
        if (got < 0) {
          if (errno == ENOBUFS)
            continue;  // seen as loss beyond what was asked for: counted nowhere
          break;
        }
        nfq_handle_packet(handle, packet.data(), static_cast<int>(got));
      }
    if ((polled[1].revents & (POLLIN | POLLHUP)) != 0 && !read_commands(pending, queues)) return;
  }
}

int run(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: line_fault SEED QUEUE…\n");
    return 2;
  }
  nfq_handle* handle = nfq_open();
  if (handle == nullptr) {
    std::perror("line_fault: NFQUEUE");
    return 1;
  }
  Queues queues;
  for (int i = 2; i < argc; ++i) {
    const auto number = static_cast<std::uint16_t>(std::atoi(argv[i]));
    auto queue = std::make_unique<Queue>(number, std::strtoull(argv[1], nullptr, 10) + number);
    queue->handle = nfq_create_queue(handle, number, &on_packet, queue.get());
    if (queue->handle == nullptr) {
      std::perror("line_fault: queue");
      return 1;
    }
    nfq_set_mode(queue->handle, NFQNL_COPY_PACKET, 0xffff);
    nfq_set_queue_maxlen(queue->handle, kHeldPackets);
    queues.push_back(std::move(queue));
  }
  nfnl_rcvbufsiz(nfq_nfnlh(handle), 8 << 20);
  std::printf("ready\n");
  std::fflush(stdout);
  serve(handle, queues);
  for (const auto& queue : queues) nfq_destroy_queue(queue->handle);
  nfq_close(handle);
  return 0;
}

}  // namespace
}  // namespace diemcau::fault

int main(int argc, char** argv) {
  return diemcau::fault::run(argc, argv);
}
