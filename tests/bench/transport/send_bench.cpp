// What sending one packet costs, beside the floor: SRTP and one UDP_SEGMENT send, nothing else.
// Items per second are packets; a frame is seven packets, the last one shorter.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <srtp2/srtp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/transport/srtp_session.hpp"
#include "tests/media/transport/peer.hpp"

namespace diemcau::media {
namespace {

constexpr std::size_t kPackets = 7;
constexpr std::size_t kSize = 1188;
constexpr std::size_t kLast = 500;

std::size_t size_of(std::size_t i) {
  return i + 1 < kPackets ? kSize : kLast;
}

void set_sequence(std::uint8_t* packet, std::uint32_t number) {
  packet[0] = 0x80;
  packet[1] = 96;
  packet[2] = static_cast<std::uint8_t>(number >> 8);
  packet[3] = static_cast<std::uint8_t>(number);
  std::memset(packet + 4, 1, 8);
}

void floor_srtp_and_segmented_send(benchmark::State& state) {
  // Initialises libsrtp, which may be done once only.
  Metrics metrics;
  TransportCounters counters(metrics);
  const std::vector<std::uint8_t> any(28);
  if (!SrtpSession::create(SrtpProfile::aead_aes_128_gcm, any, any, counters)) std::abort();
  srtp_policy_t policy{};
  srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, srtp_profile_aead_aes_128_gcm);
  srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, srtp_profile_aead_aes_128_gcm);
  policy.ssrc.type = ssrc_any_outbound;
  std::uint8_t key[28] = {1, 2, 3};
  policy.key = key;
  srtp_t session = nullptr;
  srtp_create(&session, &policy);
  const int from = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const int to = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(to, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(to, reinterpret_cast<sockaddr*>(&address), &size);
  std::vector<std::uint8_t> buffer(16 * 1024);
  std::uint32_t number = 0;
  for (auto _ : state) {
    std::size_t used = 0;
    for (std::size_t i = 0; i < kPackets; ++i) {
      set_sequence(buffer.data() + used, number++);
      int length = static_cast<int>(size_of(i));
      srtp_protect(session, buffer.data() + used, &length);
      used += static_cast<std::size_t>(length);
    }
    iovec vector{buffer.data(), used};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(std::uint16_t))] = {};
    msghdr message{};
    message.msg_name = &address;
    message.msg_namelen = sizeof address;
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_UDP;
    header->cmsg_type = UDP_SEGMENT;
    header->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
    const std::uint16_t segment = kSize + 16;
    std::memcpy(CMSG_DATA(header), &segment, sizeof segment);
    benchmark::DoNotOptimize(sendmsg(from, &message, 0));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kPackets));
  close(from);
  close(to);
  srtp_dealloc(session);
}
BENCHMARK(floor_srtp_and_segmented_send);

void secure_transport_send(benchmark::State& state) {
  auto options = test::Peer::loopback();
  options.tcp = false;
  test::Peer server(0, false, DtlsRole::server, options);
  test::Peer site(1, true, DtlsRole::client, options);
  site.on_packet = [](std::span<std::uint8_t>) {};
  server.connect_to(site);
  site.connect_to(server);
  if (!server.wait_connected() || !site.wait_connected()) {
    state.SkipWithError("no connection");
    return;
  }
  site.loop.stop();  // its reading is not what is measured; its socket stays, full
  server.run([&] {
    std::uint32_t number = 0;
    for (auto _ : state) {
      for (std::size_t i = 0; i < kPackets; ++i) {
        const auto room = server.transport->reserve();
        if (room.empty()) {
          state.SkipWithError("the connection was lost");
          return;
        }
        set_sequence(room.data(), number++);
        server.transport->commit_rtp(size_of(i));
      }
      server.transport->flush();
    }
  });
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kPackets));
}
BENCHMARK(secure_transport_send)->Iterations(200'000);

/// The table, and processor time of each run's packet in microseconds.
class PerPacket final : public benchmark::ConsoleReporter {
 public:
  PerPacket() : ConsoleReporter(OO_Tabular) {}
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs)
      if (!run.error_occurred && run.iterations > 0)
        us[run.run_name.function_name] = run.cpu_accumulated_time * 1e6 /
                                         static_cast<double>(run.iterations) /
                                         static_cast<double>(kPackets);
  }
  std::map<std::string, double> us;
};

}  // namespace
}  // namespace diemcau::media

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  diemcau::media::PerPacket report;
  benchmark::RunSpecifiedBenchmarks(&report);
  const double floor = report.us["floor_srtp_and_segmented_send"];
  const double ours = report.us["secure_transport_send"];
  if (floor <= 0 || ours <= 0) return 1;
  std::printf("{\"figure\":\"send.floor\",\"value\":%.3f,\"unit\":\"us\"}\n", floor);
  std::printf("{\"figure\":\"send.ours\",\"value\":%.3f,\"unit\":\"us\"}\n", ours);
  std::printf("{\"figure\":\"send.ratio\",\"value\":%.3f,\"unit\":\"x\"}\n", ours / floor);
  return 0;
}
