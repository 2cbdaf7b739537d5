// Two transports against each other over the kernel's loopback.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/transport/ice_candidate.hpp"
#include "tests/media/transport/peer.hpp"

namespace diemcau::media {
namespace {

using test::Bytes;
using test::counted;
using test::Peer;

TransportOptions only(bool udp, bool tcp) {
  auto options = Peer::loopback();
  options.udp = udp;
  options.tcp = tcp;
  return options;
}

/// A server as we are (controlled, DTLS server) and a site (controlling, DTLS client).
struct Connection {
  explicit Connection(const TransportOptions& options = Peer::loopback())
      : Connection(options, options) {}
  Connection(const TransportOptions& ours, const TransportOptions& theirs)
      : server(0, false, DtlsRole::server, ours), site(1, true, DtlsRole::client, theirs) {}
  bool connect() {
    server.connect_to(site);
    site.connect_to(server);
    return server.wait_connected() && site.wait_connected();
  }
  std::string profile_of(Peer& peer) {
    std::string profile;
    peer.run([&] { profile = peer.transport->srtp_profile(); });
    return profile;
  }
  Peer server, site;
};

/// A port of loopback that was free a moment ago.
std::uint16_t free_port() {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(fd);
  return ntohs(address.sin_port);
}

/// Sends `count` packets each way, a window at a time so that no socket buffer overflows, and
/// checks that all arrive intact and in order.
void exchange(Peer& from, Peer& to, std::uint32_t count) {
  constexpr std::uint32_t kWindow = 50;
  std::uint32_t next = 0;
  bool intact = true;
  to.on_packet = [&](std::span<std::uint8_t> packet) {
    const Bytes expected = Peer::rtp(next, 200 + next % 7 * 100);
    intact = intact && std::equal(packet.begin(), packet.end(), expected.begin(), expected.end());
    const std::lock_guard lock(to.mutex);
    ++next;
    to.changed.notify_all();
  };
  for (std::uint32_t sent = 0; sent < count; sent += kWindow) {
    from.run([&] {
      for (std::uint32_t i = sent; i < sent + kWindow; ++i)
        ASSERT_TRUE(from.send(Peer::rtp(i, 200 + i % 7 * 100)));
    });
    ASSERT_TRUE(to.wait([&] { return next >= sent + kWindow; })) << "stuck at " << next;
  }
  to.run([&] { to.on_packet = nullptr; });
  EXPECT_TRUE(intact);
  EXPECT_EQ(next, count);
}

TEST(SecureTransport, connects_over_udp_with_gcm_and_loses_no_handshake_flight) {
  Connection c(only(true, false));
  ASSERT_TRUE(c.connect()) << c.server.reason << c.site.reason;
  EXPECT_EQ(c.profile_of(c.server), "AEAD_AES_128_GCM");
  EXPECT_EQ(c.profile_of(c.site), "AEAD_AES_128_GCM");
  EXPECT_EQ(counted(c.server, "diemcau_dtls_retransmissions_total", {}), 0u);
  EXPECT_EQ(counted(c.site, "diemcau_dtls_retransmissions_total", {}), 0u);
  std::string remote;
  c.server.run([&] { remote = c.server.transport->remote_address(); });
  EXPECT_TRUE(remote.starts_with("127.0.0.1:")) << remote;
}

TEST(SecureTransport, carries_ten_thousand_packets_each_way_over_udp) {
  Connection c(only(true, false));
  ASSERT_TRUE(c.connect());
  exchange(c.server, c.site, 10'000);
  exchange(c.site, c.server, 10'000);
  EXPECT_EQ(counted(c.server, "diemcau_srtp_packets_total", {{"direction", "out"}}), 10'000u);
  EXPECT_EQ(counted(c.server, "diemcau_srtp_packets_total", {{"direction", "in"}}), 10'000u);
}

TEST(SecureTransport, carries_ten_thousand_packets_each_way_over_tcp_alone) {
  Connection c(only(false, true));
  for (Peer* peer : {&c.server, &c.site}) {
    peer->run([&] {
      for (const auto& line : peer->transport->local_ice().candidates)
        EXPECT_NE(line.find(" TCP "), std::string::npos) << line;
    });
  }
  ASSERT_TRUE(c.connect()) << c.server.reason << c.site.reason;
  exchange(c.server, c.site, 10'000);
  exchange(c.site, c.server, 10'000);
}

TEST(SecureTransport, carries_rtcp) {
  Connection c;
  ASSERT_TRUE(c.connect());
  const Bytes report{0x80, 201, 0, 1, 0, 0, 0x12, 0x34};
  c.server.run([&] { c.server.transport->send_rtcp(report); });
  ASSERT_TRUE(c.site.wait([&] { return c.site.rtcp_received.size() == 1; }));
  EXPECT_EQ(c.site.rtcp_received[0], report);
}

TEST(SecureTransport, gives_no_room_before_it_is_connected) {
  Connection c;
  c.server.run([&] {
    EXPECT_TRUE(c.server.transport->reserve().empty());
    EXPECT_EQ(c.server.transport->srtp_profile(), "");
    EXPECT_EQ(c.server.transport->remote_address(), "");
  });
}

TEST(SecureTransport, offers_candidates_as_rfc_8839_writes_them) {
  Connection c;
  c.server.run([&] {
    const auto ice = c.server.transport->local_ice();
    EXPECT_GE(ice.ufrag.size(), 4u);
    EXPECT_GE(ice.password.size(), 22u);
    ASSERT_EQ(ice.candidates.size(), 2u) << "UDP and passive TCP on one address";
    for (const auto& line : ice.candidates) {
      const auto parsed = parse_candidate(line);
      ASSERT_TRUE(parsed) << line;
      EXPECT_EQ(parsed->address, "127.0.0.1");
      EXPECT_NE(parsed->protocol, IceCandidate::Protocol::tcp_active);
    }
  });
}

TEST(SecureTransport, fails_with_a_clear_reason_on_a_wrong_fingerprint) {
  Connection c;
  IceParameters site_ice;
  c.site.run([&] { site_ice = c.site.transport->local_ice(); });
  DtlsFingerprint wrong = c.site.certificate.fingerprint();
  wrong.digest[0] ^= 1;
  c.server.connect_to(site_ice, wrong);
  c.site.connect_to(c.server);
  ASSERT_TRUE(c.server.wait([&] { return c.server.state == TransportState::failed; }));
  EXPECT_NE(c.server.reason.find("fingerprint"), std::string::npos) << c.server.reason;
  EXPECT_EQ(c.profile_of(c.server), "");
}

TEST(SecureTransport, keeps_media_flowing_through_an_ice_restart) {
  Connection c;
  ASSERT_TRUE(c.connect());
  exchange(c.server, c.site, 100);
  IceParameters site_before, server_after, site_after;
  c.site.run([&] { site_before = c.site.transport->local_ice(); });
  // The site restarts first and tells the server, as a browser does with PATCH.
  IceParameters server_before;
  c.server.run([&] { server_before = c.server.transport->local_ice(); });
  c.site.run([&] {
    auto restarted = c.site.transport->restart_ice(server_before);
    ASSERT_TRUE(restarted);
    site_after = *restarted;
  });
  c.server.run([&] {
    auto restarted = c.server.transport->restart_ice(site_after);
    ASSERT_TRUE(restarted);
    server_after = *restarted;
  });
  c.site.run(
      [&] { ASSERT_TRUE(c.site.transport->add_remote_candidate(server_after.candidates[0])); });
  EXPECT_NE(site_after.ufrag, site_before.ufrag);
  EXPECT_NE(server_after.ufrag, server_before.ufrag);
  EXPECT_EQ(c.profile_of(c.server), "AEAD_AES_128_GCM") << "the same DTLS association";
  // New numbers: exchange() counts from 0, and SRTP would take these for replays.
  std::size_t before = 0;
  {
    const std::lock_guard lock(c.site.mutex);
    before = c.site.rtp_received.size();
  }
  c.server.run([&] {
    for (std::uint32_t i = 1000; i < 1050; ++i) ASSERT_TRUE(c.server.send(Peer::rtp(i)));
  });
  EXPECT_TRUE(c.site.wait([&] { return c.site.rtp_received.size() == before + 50; }));
  EXPECT_EQ(c.server.state, TransportState::connected);
}

TEST(SecureTransport, tells_the_peer_when_it_closes_and_is_silent_itself) {
  Connection c;
  ASSERT_TRUE(c.connect());
  c.site.close();
  ASSERT_TRUE(c.server.wait([&] { return c.server.state == TransportState::closed; }));
  EXPECT_EQ(c.server.reason, "peer closed");
  c.site.run([] {});
  EXPECT_EQ(c.site.events_after_close, 0);
}

TEST(SecureTransport, notices_a_peer_that_vanished_without_a_word) {
  Connection c(only(true, false));
  ASSERT_TRUE(c.connect());
  c.site.loop.stop();  // answers no consent check any more (RFC 7675)
  ASSERT_TRUE(c.server.wait([&] { return c.server.state == TransportState::failed; }));
  EXPECT_EQ(c.server.reason, "ice: the peer does not answer any more");
  c.server.run([&] { EXPECT_TRUE(c.server.transport->reserve().empty()); });
}

/// The UDP socket of this process that is bound to this port; −1: none.
int socket_at(std::uint16_t port) {
  for (int fd = 3; fd < 256; ++fd) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    int type = 0;
    socklen_t type_size = sizeof type;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
        address.sin_family == AF_INET && ntohs(address.sin_port) == port &&
        getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size) == 0 && type == SOCK_DGRAM)
      return fd;
  }
  return -1;
}

/// From now on no STUN reaches that socket.
bool drop_stun(std::uint16_t port) {
  // Classic BPF over the UDP header and payload; RFC 7983: STUN's first byte is 0 to 3.
  sock_filter code[] = {BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 8),
                        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 4, 0, 1),
                        BPF_STMT(BPF_RET | BPF_K, 0xffff), BPF_STMT(BPF_RET | BPF_K, 0)};
  const sock_fprog program{4, code};
  return setsockopt(socket_at(port), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

bool let_stun_through(std::uint16_t port) {
  const int none = 0;
  return setsockopt(socket_at(port), SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof none) == 0;
}

/// Sends packets `next` to `last`, one every 100 ms, on its loop.
void keep_sending(Peer& peer, std::uint32_t next, std::uint32_t last) {
  peer.send(Peer::rtp(next));
  if (next < last)
    peer.loop.run_after(std::chrono::milliseconds(100),
                        [&peer, next, last] { keep_sending(peer, next + 1, last); });
}

TEST(SecureTransport, keeps_a_peer_whose_consent_is_lost_on_the_way_as_long_as_its_media_come) {
  auto options = only(true, false);
  options.port_low = options.port_high = free_port();
  Connection c(options, only(true, false));
  ASSERT_TRUE(c.connect());
  ASSERT_TRUE(drop_stun(options.port_low));
  // 16 s: longer than libnice waits for an answer, so that it has given both up by then.
  for (Peer* peer : {&c.server, &c.site}) peer->run([peer] { keep_sending(*peer, 1, 165); });
  for (Peer* peer : {&c.server, &c.site}) {
    EXPECT_TRUE(peer->wait([peer] { return peer->rtp_received.size() == 165; }));
    EXPECT_EQ(peer->state_now(), TransportState::connected);
  }
  ASSERT_TRUE(c.server.wait([&] { return c.server.state == TransportState::failed; }));
  EXPECT_EQ(c.server.reason, "ice: the peer does not answer any more");
}

TEST(SecureTransport,
     consent_given_again_after_libnice_gave_up_keeps_a_peer_that_media_alone_do_not) {
  auto answered = only(true, false), silent = only(true, false);
  answered.port_low = answered.port_high = free_port();
  Connection kept(answered, only(true, false));
  silent.port_low = silent.port_high = free_port();
  Connection lost(silent, only(true, false));
  for (Connection* c : {&kept, &lost}) {
    ASSERT_TRUE(c->connect());
    for (Peer* peer : {&c->server, &c->site}) peer->run([peer] { keep_sending(*peer, 1, 450); });
  }
  ASSERT_TRUE(drop_stun(answered.port_low) && drop_stun(silent.port_low));
  // By then libnice has given both up, and sees no answer any more.
  ASSERT_TRUE(kept.server.wait([&] { return kept.server.rtp_received.size() >= 165; }));
  ASSERT_TRUE(let_stun_through(answered.port_low));

  ASSERT_TRUE(lost.server.wait([&] { return lost.server.state == TransportState::failed; }));
  EXPECT_EQ(lost.server.reason, "ice: the peer does not answer any more");
  // Its packets came to the end: it was not silence.
  EXPECT_TRUE(lost.server.wait([&] { return lost.server.rtp_received.size() >= 200; }));
  // The other would have ended in the same second.
  EXPECT_TRUE(kept.server.wait([&] { return kept.server.rtp_received.size() == 450; }));
  EXPECT_EQ(kept.server.state_now(), TransportState::connected);
  EXPECT_EQ(kept.site.state_now(), TransportState::connected);
}

TEST(SecureTransport, shares_one_port_range_and_says_so_when_it_is_used_up) {
  auto options = only(true, false);
  options.port_low = options.port_high = free_port();
  Peer first(0, false, DtlsRole::server, options);
  ASSERT_NE(first.transport, nullptr) << first.failure.detail;
  Peer second(1, false, DtlsRole::server, options);
  EXPECT_EQ(second.transport, nullptr);
  EXPECT_EQ(second.failure.code, "ice.no_port");
  EXPECT_EQ(second.failure.kind, Errc::full);
}

TEST(SecureTransport, frees_its_port_when_it_closes) {
  auto options = only(true, false);
  options.port_low = options.port_high = free_port();
  { Peer first(0, false, DtlsRole::server, options); }
  Peer second(1, false, DtlsRole::server, options);
  EXPECT_NE(second.transport, nullptr) << second.failure.detail;
}

TEST(SecureTransport, refuses_bad_credentials_and_candidates) {
  Peer peer(0, false, DtlsRole::server);
  const auto fingerprint = peer.certificate.fingerprint();
  peer.connect_to({"abc", "short", {}}, fingerprint);
  EXPECT_EQ(peer.failure.code, "ice.credentials");
  peer.connect_to({"abcd", std::string(22, 'x'), {"candidate:rubbish"}}, fingerprint);
  EXPECT_EQ(peer.failure.code, "ice.candidate");
}

TEST(SecureTransport, connects_to_a_peer_that_hides_behind_local_names) {
  Connection c(only(true, false));
  IceParameters hidden;
  c.site.run([&] { hidden = c.site.transport->local_ice(); });
  hidden.candidates = {"candidate:1 1 UDP 2113937151 5bc0ff40-1e91.local 50000 typ host"};
  c.server.connect_to(hidden, c.site.certificate.fingerprint());
  c.site.connect_to(c.server);
  EXPECT_TRUE(c.server.wait_connected()) << c.server.reason;
}

TEST(SecureTransport, gives_up_on_a_peer_that_never_comes) {
  auto options = only(true, false);
  options.connect_timeout = std::chrono::milliseconds(50);
  Peer server(0, false, DtlsRole::server, options);
  server.connect_to({"abcd", std::string(22, 'x'), {}}, server.certificate.fingerprint());
  ASSERT_TRUE(server.wait([&] { return server.state == TransportState::failed; }));
  EXPECT_EQ(server.reason, "ice: no way to the peer was found");
}

}  // namespace
}  // namespace diemcau::media
