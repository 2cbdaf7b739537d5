#include <cstdio>

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/mcu/api/api_fixture.hpp"

namespace diemcau::test {
namespace {

/// A key and a self-signed certificate, as PEM files.
void make_certificate(const std::filesystem::path& certificate, const std::filesystem::path& key) {
  EVP_PKEY* pair = EVP_EC_gen("P-256");
  X509* x509 = X509_new();
  X509_gmtime_adj(X509_getm_notBefore(x509), 0);
  X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
  X509_set_pubkey(x509, pair);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(x509, X509_get_subject_name(x509));
  X509_sign(x509, pair, EVP_sha256());
  FILE* file = std::fopen(certificate.c_str(), "w");
  PEM_write_X509(file, x509);
  std::fclose(file);
  file = std::fopen(key.c_str(), "w");
  PEM_write_PrivateKey(file, pair, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(x509);
  EVP_PKEY_free(pair);
}

/// Sends `bytes` over TLS; what came back up to the end or the first 4096 bytes.
std::string over_tls(std::uint16_t port, int max_version, const std::string& bytes) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_max_proto_version(context, max_version);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval deadline{10, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string out;
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    SSL* ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    if (SSL_connect(ssl) == 1) {
      SSL_write(ssl, bytes.data(), static_cast<int>(bytes.size()));
      char piece[4096];
      const int got = SSL_read(ssl, piece, sizeof piece);
      if (got > 0) out.assign(piece, static_cast<std::size_t>(got));
      SSL_shutdown(ssl);
    }
    SSL_free(ssl);
  }
  ::close(fd);
  SSL_CTX_free(context);
  return out;
}

class Tls : public ApiTest {
 protected:
  Tls() {
    options.certificate = (folder / "cert.pem").string();
    options.key = (folder / "key.pem").string();
    make_certificate(options.certificate, options.key);
  }
};

TEST_F(Tls, serves_https_with_a_host_bound_cookie) {
  const auto answer = over_tls(port(), TLS1_3_VERSION,
                               request("POST", "/api/v1/session", kJson, R"({"token":"site"})"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK")) << answer;
  EXPECT_NE(answer.find("Set-Cookie: __Host-diemcau=site; Path=/; HttpOnly; SameSite=Strict"),
            std::string::npos);
  EXPECT_NE(answer.find("; Secure"), std::string::npos);
  EXPECT_NE(answer.find("Strict-Transport-Security"), std::string::npos);
}

TEST_F(Tls, upgrades_to_a_websocket) {
  const auto answer =
      over_tls(port(), TLS1_2_VERSION,
               request("GET", "/api/v1/meetings/" + meeting + "/signal",
                       "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                       "Sec-WebSocket-Protocol: diemcau.v1\r\n" +
                           bearer("site")));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 101")) << answer;
  EXPECT_TRUE(conferences.wait_for("detach"));
}

TEST_F(Tls, refuses_old_versions_and_plain_http) {
  EXPECT_EQ(over_tls(port(), TLS1_1_VERSION, request("GET", "/healthz")), "");
  EXPECT_EQ(raw(request("GET", "/healthz")).status, 0);
}

TEST_F(Tls, does_not_start_without_a_usable_key) {
  std::filesystem::resize_file(options.key, 0);
  signaling::HttpServer broken(threads, signaling::Router(), authenticator, options, clock,
                               metrics);
  const auto started = broken.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, "listen.tls");
}

}  // namespace
}  // namespace diemcau::test
