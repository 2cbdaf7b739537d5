#include "tests/mcu/api/api_fixture.hpp"

namespace diemcau::test {
namespace {

class HttpEdge : public ApiTest {};

TEST_F(HttpEdge, refuses_over_a_real_socket_what_beast_would_let_pass) {
  struct Case {
    const char* reason;
    std::string bytes;
  };
  const std::vector<Case> cases = {
      {"bad_transfer_encoding",
       "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nContent-Length: "
       "2\r\n\r\n{}"},
      {"transfer_encoding_and_length",
       "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: "
       "2\r\n\r\n"},
      {"transfer_encoding_in_http10",
       "POST /api/v1/session HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"no_host", "GET /healthz HTTP/1.1\r\n\r\n"},
      {"many_hosts", "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
      {"obs_fold", "GET /healthz HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n"},
      {"many_content_lengths",
       "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: "
       "2\r\n\r\n{}"},
      {"control_character", "GET /healthz HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n"},
      {"host_mismatch", "GET http://b/healthz HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"bad_version", "GET /healthz HTTP/3.0\r\nHost: a\r\n\r\n"},
      {"bad_target", "GET /%2e%2e/x HTTP/1.1\r\nHost: a\r\n\r\n"},
  };
  for (const auto& c : cases) {
    RawClient client(port());
    client.send(c.bytes + "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto response = client.read();
    EXPECT_EQ(response.status, 400) << c.reason;
    EXPECT_EQ(response.header("connection"), "close") << c.reason;
    EXPECT_EQ(response.header("content-type"), "application/problem+json") << c.reason;
    client.closed();
    EXPECT_EQ(client.buffer, "") << c.reason << ": what follows must not be answered";
    EXPECT_EQ(metric("diemcau_http_refused_total{reason=\"" + std::string(c.reason) + "\"}"), "1");
  }
}

TEST_F(HttpEdge, refuses_a_head_of_more_than_16_kib) {
  const auto response = raw("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20000, 'x'));
  EXPECT_EQ(response.status, 431);
}

TEST_F(HttpEdge, keeps_the_connection_for_the_next_request) {
  RawClient client(port());
  client.send(request("GET", "/healthz") + request("GET", "/readyz"));
  EXPECT_EQ(client.read().body, "ok\n");
  EXPECT_EQ(client.read().body, "ready\n");
  client.send("\r\n" + request("GET", "/healthz", "Connection: close\r\n"));
  EXPECT_EQ(client.read().header("connection"), "close");
  EXPECT_TRUE(client.closed());
}

TEST_F(HttpEdge, reads_chunked_bodies_and_100_continue) {
  RawClient client(port());
  client.send(
      "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
      "Content-Type: application/json\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read().status, 100);
  client.send("10\r\n{\"token\":\"site\"}\r\n0\r\nHost: evil\r\n\r\n");
  EXPECT_EQ(client.read().status, 200);
}

TEST_F(HttpEdge, refuses_bodies_over_the_route_s_limit_however_they_are_sent) {
  EXPECT_EQ(ask("POST", "/api/v1/session", kJson, std::string(9000, 'x')).status, 413);
  std::string chunks;
  for (int i = 0; i < 10; ++i) chunks += "400\r\n" + std::string(1024, 'x') + "\r\n";
  const auto response =
      raw("POST /api/v1/session HTTP/1.1\r\nHost: a\r\n"
          "Transfer-Encoding: chunked\r\n\r\n" +
          chunks + "0\r\n\r\n");
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(raw("POST /api/v1/session HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                "zz\r\n")
                .status,
            400);
}

TEST_F(HttpEdge, every_answer_carries_the_security_headers) {
  for (const char* target : {"/", "/healthz", "/api/v1/nothing", "/api/v1/meetings"}) {
    const auto response = ask("GET", target);
    EXPECT_NE(response.header("content-security-policy").find("default-src 'self'"),
              std::string::npos)
        << target;
    EXPECT_NE(response.header("content-security-policy").find("frame-ancestors 'none'"),
              std::string::npos);
    EXPECT_EQ(response.header("x-content-type-options"), "nosniff");
    EXPECT_EQ(response.header("referrer-policy"), "no-referrer");
    EXPECT_NE(response.header("permissions-policy").find("camera=(self)"), std::string::npos);
    EXPECT_EQ(response.header("access-control-allow-origin"), "");
  }
}

TEST_F(HttpEdge, answers_404_and_405_and_options_with_what_is_there) {
  EXPECT_EQ(ask("GET", "/api/v1/nothing").status, 404);
  EXPECT_EQ(ask("POST", "/nothing").status, 404);
  const auto put = ask("PUT", "/api/v1/session");
  EXPECT_EQ(put.status, 405);
  EXPECT_EQ(put.header("allow"), "POST, DELETE, GET, HEAD");
  EXPECT_EQ(ask("OPTIONS", "/api/v1/session").status, 204);
}

TEST_F(HttpEdge, counts_requests_by_route_and_code_and_never_by_path) {
  ask("GET", "/api/v1/meetings/" + meeting, bearer("site"));
  ask("GET", "/api/v1/secret-name");
  EXPECT_EQ(metric("diemcau_http_requests_total{code=\"200\",route=\"/api/v1/meetings/{id}\"}"),
            "1");
  EXPECT_EQ(ask("GET", "/metrics").body.find("secret-name"), std::string::npos);
}

TEST_F(HttpEdge, refuses_connections_over_the_limit) {
  options.max_connections = 1;
  RawClient first(port());
  first.send(request("GET", "/healthz"));
  EXPECT_EQ(first.read().status, 200);
  RawClient second(port());
  EXPECT_EQ(second.read().status, 503);
  EXPECT_EQ(metric("diemcau_http_refused_total{reason=\"connections\"}"), "1");
}

TEST_F(HttpEdge, ends_a_head_that_drips_and_a_connection_that_idles) {
  options.header_timeout = std::chrono::milliseconds(100);
  options.idle_timeout = std::chrono::milliseconds(100);
  RawClient dripping(port());
  dripping.send("GET / HTT");
  EXPECT_EQ(dripping.read().status, 0);
  RawClient idle(port());
  EXPECT_TRUE(idle.closed());
  EXPECT_EQ(metric("diemcau_http_refused_total{reason=\"head_timeout\"}"), "1");
}

TEST_F(HttpEdge, believes_forwarded_headers_only_behind_a_proxy) {
  const std::string body = R"({"username":"admin","password":"right password"})";
  const std::string lines =
      kJson + "X-Forwarded-For: 6.6.6.6, 10.1.2.3\r\nX-Forwarded-Proto: https\r\n";
  const auto direct = ask("POST", "/api/v1/session", lines, body);
  EXPECT_EQ(authenticator.last_peer, "127.0.0.1");
  EXPECT_EQ(direct.header("set-cookie").find("Secure"), std::string::npos);
}

TEST_F(HttpEdge, behind_a_proxy_the_cookie_is_host_bound_and_the_peer_the_last_hop) {
  options.behind_proxy = true;
  const auto response = ask("POST", "/api/v1/session",
                            kJson +
                                "X-Forwarded-For: 6.6.6.6, 10.1.2.3\r\n"
                                "X-Forwarded-Proto: https\r\n",
                            R"({"username":"admin","password":"right password"})");
  EXPECT_EQ(authenticator.last_peer, "10.1.2.3");
  const auto field = response.header("set-cookie");
  EXPECT_TRUE(field.starts_with("__Host-diemcau=admin; Path=/; HttpOnly; SameSite=Strict"));
  EXPECT_NE(field.find("; Secure"), std::string::npos);
  EXPECT_NE(response.header("strict-transport-security"), "");
}

TEST_F(HttpEdge, behind_a_proxy_that_adds_a_field_what_the_client_wrote_before_it_is_not_believed) {
  options.behind_proxy = true;
  const auto peer_of = [this](const std::string& lines) {
    authenticator.last_peer.clear();
    const auto response = ask("POST", "/api/v1/session", kJson + lines,
                              R"({"username":"admin","password":"right password"})");
    return authenticator.last_peer +
           (response.header("set-cookie").find("; Secure") != std::string::npos ? " secure" : "");
  };
  EXPECT_EQ(peer_of("X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 10.1.2.3\r\n"), "10.1.2.3");
  EXPECT_EQ(peer_of("X-Forwarded-For: 6.6.6.6, 7.7.7.7\r\nx-forwarded-for: 8.8.8.8,10.1.2.3 \r\n"),
            "10.1.2.3");
  EXPECT_EQ(peer_of("X-Forwarded-For: 10.1.2.3\r\nX-Forwarded-Proto: https\r\n"
                    "X-Forwarded-Proto: http\r\n"),
            "10.1.2.3");
  EXPECT_EQ(peer_of("X-Forwarded-Proto: http\r\nX-Forwarded-For: 10.1.2.3\r\n"
                    "X-Forwarded-Proto: https\r\n"),
            "10.1.2.3 secure");
  EXPECT_EQ(peer_of("X-Forwarded-For: 6.6.6.6,\r\n"), "127.0.0.1") << "empty says nothing";
}

TEST_F(HttpEdge, stopping_ends_idle_connections_and_finishes_within_the_grace) {
  RawClient idle(port());
  idle.send(request("GET", "/healthz"));
  EXPECT_EQ(idle.read().status, 200);
  server->stop(std::chrono::seconds(5));
  EXPECT_EQ(server->connections(), 0U);
  EXPECT_TRUE(idle.closed());
}

}  // namespace
}  // namespace diemcau::test
