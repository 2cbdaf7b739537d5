// What a validated peer, or somebody else, may throw at the socket.

#include <random>
#include <utility>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/transport/dtls_session.hpp"
#include "media/transport/ice_transport.hpp"
#include "media/transport/packet_kind.hpp"
#include "tests/media/transport/peer.hpp"

namespace diemcau::media {
namespace {

using test::Bytes;
using test::counted;
using test::Peer;

/// A site made of bare ICE and DTLS, which sends whatever the test wants.
struct BareSite final : IceObserver {
  BareSite() : loop(1, clock, metrics) {
    loop.start();
    run([this] {
      TransportOptions options = Peer::loopback();
      options.tcp = false;
      ice = *IceTransport::create(loop, options, true, counters, *this);
    });
  }
  ~BareSite() {
    run([this] { ice.reset(); });
    loop.stop();
  }
  void run(const std::function<void()>& work) { ASSERT_TRUE(loop.post_and_wait(work)); }

  void connect_to(Peer& server) {
    IceParameters server_ice, own;
    server.run([&] { server_ice = server.transport->local_ice(); });
    run([&] {
      own = ice->local();
      dtls = *DtlsSession::create(certificate, DtlsRole::client, server.certificate.fingerprint());
    });
    server.connect_to(own, certificate.fingerprint());
    run([&] { ASSERT_TRUE(ice->set_remote(server_ice)); });
  }
  void on_ice_selected() override {
    if (std::exchange(media_first, false)) ice->send(Peer::rtp(0));
    dtls->start();
    flush();
  }
  void on_ice_consent(bool) override {}
  void on_ice_failed() override {}
  void on_ice_datagram(std::span<std::uint8_t> datagram, TimePoint) override {
    if (packet_kind_of(datagram) == PacketKind::dtls) dtls->receive(datagram);
    flush();
    if (dtls->state() == DtlsSession::State::connected && !srtp) {
      const auto keys = *dtls->export_keys();
      srtp = *SrtpSession::create(keys.profile, keys.outbound, keys.inbound, counters);
    }
  }
  void flush() {
    dtls->drain_output([this](std::span<const std::uint8_t> d) { ice->send(d); });
  }

  SystemClock clock;
  Metrics metrics;
  TransportCounters counters{metrics};
  TransportLoop loop;
  DtlsCertificate certificate = *DtlsCertificate::generate();
  std::unique_ptr<IceTransport> ice;
  std::unique_ptr<DtlsSession> dtls;
  std::unique_ptr<SrtpSession> srtp;
  bool media_first = false;
};

std::uint64_t rejected(Peer& server, const char* reason) {
  return counted(server, "diemcau_srtp_rejected_total", {{"reason", reason}});
}

struct HostilePeer : testing::Test {
  HostilePeer() : server(0, false, DtlsRole::server, udp()) {}
  static TransportOptions udp() {
    auto options = Peer::loopback();
    options.tcp = false;
    return options;
  }
  void connect() {
    site.connect_to(server);
    ASSERT_TRUE(server.wait_connected()) << server.reason;
  }
  /// A good packet behind all the bad ones: when it is there, they have been judged.
  void send_good(std::uint32_t number) {
    site.run([&] {
      Bytes packet = Peer::rtp(number);
      packet.resize(packet.size() + SrtpSession::kMaxTrailer);
      packet.resize(site.srtp->protect_rtp(packet, 200));
      site.ice->send(packet);
      last_good = packet;
    });
    ASSERT_TRUE(server.wait([&] {
      return !server.rtp_received.empty() && server.rtp_received.back() == Peer::rtp(number);
    }));
  }
  Peer server;
  BareSite site;
  Bytes last_good;
};

TEST_F(HostilePeer, sends_garbage_that_is_counted_and_harms_nobody) {
  connect();
  send_good(1);
  site.run([&] {
    for (int first = 0; first < 256; ++first) {
      Bytes garbage(60, 0xee);
      garbage[0] = static_cast<std::uint8_t>(first);
      site.ice->send(garbage);
      site.ice->send(Bytes{static_cast<std::uint8_t>(first)});
    }
  });
  send_good(2);
  EXPECT_EQ(rejected(server, "auth") + rejected(server, "malformed"), 64u);
  EXPECT_GT(counted(server, "diemcau_transport_discarded_total", {{"reason", "unknown"}}), 100u);
  EXPECT_EQ(server.rtp_received.size(), 2u);
  EXPECT_EQ(server.state, TransportState::connected);
}

TEST_F(HostilePeer, replays_a_packet_and_is_refused) {
  connect();
  send_good(1);
  site.run([&] { site.ice->send(last_good); });
  send_good(2);
  EXPECT_EQ(rejected(server, "replay"), 1u);
  EXPECT_EQ(server.rtp_received.size(), 2u);
}

TEST_F(HostilePeer, sends_random_datagrams_and_the_next_good_one_still_arrives) {
  connect();
  send_good(1);
  std::mt19937 random(11);
  for (std::uint32_t round = 2; round < 12; ++round) {
    site.run([&] {
      for (int i = 0; i < 100; ++i) {
        Bytes garbage(random() % 1400);
        for (auto& byte : garbage) byte = static_cast<std::uint8_t>(random());
        if (!garbage.empty()) site.ice->send(garbage);
      }
    });
    send_good(round);
  }
  EXPECT_EQ(server.rtp_received.size(), 11u);
  EXPECT_EQ(server.state, TransportState::connected);
}

TEST_F(HostilePeer, cannot_speak_from_an_address_that_passed_no_check) {
  connect();
  send_good(1);
  Bytes stolen;
  site.run([&] {
    stolen = Peer::rtp(2);
    stolen.resize(stolen.size() + SrtpSession::kMaxTrailer);
    stolen.resize(site.srtp->protect_rtp(stolen, 200));
  });
  // A third party sends it from elsewhere: genuine bytes, wrong source.
  sockaddr_storage to{};
  site.run([&] { to = site.ice->path().remote; });
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(sendto(fd, stolen.data(), stolen.size(), 0, reinterpret_cast<sockaddr*>(&to),
                   sizeof(sockaddr_in)),
            static_cast<ssize_t>(stolen.size()));
  ::close(fd);
  send_good(3);
  EXPECT_EQ(server.rtp_received.size(), 2u);
}

TEST_F(HostilePeer, that_sends_media_before_the_handshake_is_not_heard) {
  site.media_first = true;
  connect();
  send_good(1);
  EXPECT_EQ(rejected(server, "early"), 1u);
  EXPECT_EQ(server.rtp_received.size(), 1u);
}

}  // namespace
}  // namespace diemcau::media
