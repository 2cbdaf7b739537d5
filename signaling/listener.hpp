#pragma once
// The HTTP listener: accepts, limits, drains. HTTP/1.1 with keep-alive, TLS when given a
// certificate, WebSocket upgrades. One strand per connection.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "signaling/auth/authenticator.hpp"
#include "signaling/http/router.hpp"
#include "signaling/io_threads.hpp"

namespace diemcau::signaling {

struct WebSocketLimits {
  std::size_t queue_messages = 512;
  std::size_t queue_bytes = 4 * 1024 * 1024;
  std::chrono::milliseconds ping_every = std::chrono::seconds(10);
  std::chrono::milliseconds idle = std::chrono::seconds(30);  // without any frame
  std::chrono::milliseconds close_within = std::chrono::seconds(5);
  unsigned messages_per_second = 50;
};

struct ListenOptions {
  std::string address = "127.0.0.1";  // IPv4 or IPv6, without brackets
  std::uint16_t port = 8080;          // 0: any free one
  std::string certificate, key;       // PEM files; both or none
  /// A proxy that speaks TLS stands before us: plain HTTP is allowed, X-Forwarded-For and
  /// X-Forwarded-Proto are believed, and connections are not limited by address.
  bool behind_proxy = false;
  std::string public_url;                    // its origin is one of ours
  std::vector<std::string> allowed_origins;  // further ones

  std::size_t max_connections = 2000;
  std::size_t max_connections_per_address = 1000;  // many sites may sit behind one NAT
  std::chrono::milliseconds header_timeout = std::chrono::seconds(30);
  std::chrono::milliseconds body_timeout = std::chrono::seconds(30);
  std::chrono::milliseconds write_timeout = std::chrono::seconds(30);  // per piece
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(60);   // between requests
  WebSocketLimits websocket;

  bool tls() const { return !certificate.empty(); }
};

/// Before anything is started. Errors: listen.plain_http (plain HTTP on an address that is not
/// loopback, without behind_proxy), listen.bad_address, listen.tls_pair (invalid_argument).
Result<void> check_listen_options(const ListenOptions& options);

class HttpServer {
 public:
  /// Borrowed: threads, authenticator, clock and metrics outlive the server.
  HttpServer(IoThreads& threads, Router router, Authenticator& authenticator, ListenOptions options,
             const Clock& clock, Metrics& metrics);
  /// stop(0) if that was not done.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Binds and begins to accept. Errors: those of check_listen_options, listen.bind,
  /// listen.tls (io: the certificate or key cannot be used).
  Result<void> start();
  /// The bound port.
  std::uint16_t port() const noexcept;

  /// Not on an I/O thread. Accepts no more, ends idle connections, lets running requests finish,
  /// tells WebSockets `server.stopping` (1001), and closes what is left after `grace`. Idempotent.
  void stop(std::chrono::milliseconds grace);

  std::size_t connections() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace diemcau::signaling
