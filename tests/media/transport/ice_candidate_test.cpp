#include "media/transport/ice_candidate.hpp"

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

std::string code_of(std::string_view line) {
  const auto parsed = parse_candidate(line);
  return parsed ? "" : parsed.error().code;
}

TEST(IceCandidate, reads_the_example_of_rfc_8839) {
  // RFC 8839 §5.1
  const auto udp = parse_candidate(
      "candidate:2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998");
  ASSERT_TRUE(udp);
  EXPECT_EQ(udp->foundation, "2");
  EXPECT_EQ(udp->priority, 1694498815u);
  EXPECT_EQ(udp->address, "192.0.2.3");
  EXPECT_EQ(udp->port, 45664);
  EXPECT_EQ(udp->type, IceCandidate::Type::server_reflexive);
}

TEST(IceCandidate, reads_what_browsers_write) {
  const auto chromium = parse_candidate(
      "a=candidate:1467250027 1 udp 2122260223 192.168.0.196 46243 typ host generation 0 ufrag "
      "EsAw network-id 1 network-cost 10\r\n");
  ASSERT_TRUE(chromium);
  EXPECT_EQ(chromium->protocol, IceCandidate::Protocol::udp);
  const auto tcp = parse_candidate(
      "candidate:435653019 1 tcp 1845501695 192.168.0.196 9 typ host tcptype active");
  ASSERT_TRUE(tcp);
  EXPECT_EQ(tcp->protocol, IceCandidate::Protocol::tcp_active);
  const auto v6 = parse_candidate("candidate:1 1 UDP 2122187007 2001:db8::7 50000 typ host");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->address, "2001:db8::7");
}

TEST(IceCandidate, skips_what_is_of_no_use_here) {
  for (const char* line : {
           "candidate:1 1 UDP 1 5bc0ff40-1e91-4ab2-b18a-9c0e5f6d0c9b.local 50000 typ host",
           "candidate:1 2 UDP 1 10.0.0.1 50000 typ host",
           "candidate:1 1 SCTP 1 10.0.0.1 50000 typ host",
           "candidate:1 1 TCP 1 10.0.0.1 50000 typ host tcptype so",
           "candidate:1 1 UDP 1 0.0.0.0 50000 typ host",
           "candidate:1 1 UDP 1 224.0.0.251 5353 typ host",
           "candidate:1 1 UDP 1 255.255.255.255 50000 typ host",
           "candidate:1 1 UDP 1 ff02::1 50000 typ host",
           "candidate:1 1 UDP 1 10.0.0.1 0 typ host",
       })
    EXPECT_EQ(code_of(line), "ice.candidate_unsupported") << line;
}

TEST(IceCandidate, refuses_what_is_malformed) {
  for (const char* line : {
           "",
           "candidate:",
           "candidat:1 1 UDP 1 10.0.0.1 1 typ host",
           "candidate:1 0 UDP 1 10.0.0.1 50000 typ host",
           "candidate:1 257 UDP 1 10.0.0.1 50000 typ host",
           "candidate:1 1 UDP 0 10.0.0.1 50000 typ host",
           "candidate:1 1 UDP 2147483648 10.0.0.1 50000 typ host",
           "candidate:1 1 UDP -1 10.0.0.1 50000 typ host",
           "candidate:1 1 UDP 1 10.0.0.1 65536 typ host",
           "candidate:1 1 UDP 1 10.0.0.1 50000 host",
           "candidate:1 1 UDP 1 10.0.0.1 50000 typ guest",
           "candidate:1 1 UDP 1 10.0.0.1 50000",
           "candidate:1 1 TCP 1 10.0.0.1 50000 typ host",
           "candidate:1! 1 UDP 1 10.0.0.1 50000 typ host",
           "candidate:123456789012345678901234567890123 1 UDP 1 10.0.0.1 50000 typ host",
           "candidate:1 1 UDP 1 10.0.0.1;x 50000 typ host",
       })
    EXPECT_EQ(code_of(line), "ice.candidate") << line;
  EXPECT_EQ(code_of("candidate:1 1 UDP 1 10.0.0.1 50000 typ host " + std::string(600, 'x')),
            "ice.candidate");
}

TEST(IceCandidate, reads_again_what_it_writes) {
  IceCandidate udp;
  udp.foundation = "7";
  udp.priority = 2015363327;
  udp.address = "10.0.0.7";
  udp.port = 50012;
  EXPECT_EQ(to_string(udp), "candidate:7 1 UDP 2015363327 10.0.0.7 50012 typ host");
  IceCandidate tcp = udp;
  tcp.protocol = IceCandidate::Protocol::tcp_passive;
  EXPECT_EQ(to_string(tcp), "candidate:7 1 TCP 2015363327 10.0.0.7 50012 typ host tcptype passive");
  for (const auto& candidate : {udp, tcp})
    EXPECT_EQ(*parse_candidate(to_string(candidate)), candidate);
}

}  // namespace
}  // namespace diemcau::media
