#include "signaling/listener.hpp"

#include <atomic>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/ssl.h>

#include "base/log.hpp"
#include "signaling/http/url.hpp"
#include "signaling/http_session.hpp"
#include "signaling/server_core.hpp"

namespace diemcau::signaling {
namespace asio = boost::asio;
using tcp = asio::ip::tcp;
namespace {

Error bad(std::string_view code, std::string_view detail) {
  return make_error(Errc::invalid_argument, code, detail);
}

/// We speak HTTP/1.1 only; a client that insists on something else is told so in the handshake.
int select_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                unsigned in_size, void*) {
  static constexpr unsigned char kOurs[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kOurs, sizeof kOurs, in, in_size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

Result<std::unique_ptr<asio::ssl::context>> make_tls(const ListenOptions& options) {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  boost::system::error_code error;
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_alpn_select_cb(context->native_handle(), select_alpn, nullptr);
  context->use_certificate_chain_file(options.certificate, error);
  if (!error) context->use_private_key_file(options.key, asio::ssl::context::pem, error);
  if (!error && SSL_CTX_check_private_key(context->native_handle()) != 1)
    return make_error(Errc::io, "listen.tls", "the key does not belong to the certificate");
  if (error)
    return make_error(
        Errc::io, "listen.tls",
        "cannot use " + options.certificate + " with " + options.key + ": " + error.message());
  return context;
}

}  // namespace

Result<void> check_listen_options(const ListenOptions& options) {
  boost::system::error_code error;
  const std::string address = options.address == "localhost" ? "127.0.0.1" : options.address;
  const auto ip = asio::ip::make_address(address, error);
  if (error) return bad("listen.bad_address", options.address + " is not an IP address");
  if (options.certificate.empty() != options.key.empty())
    return bad("listen.tls_pair", "a certificate and its key are given together or not at all");
  if (!options.tls() && !options.behind_proxy && !ip.is_loopback())
    return bad("listen.plain_http",
               "plain HTTP is served on loopback only: give a certificate and key, or say that a "
               "proxy stands before this server");
  return {};
}

struct HttpServer::Impl : std::enable_shared_from_this<HttpServer::Impl> {
  Impl(IoThreads& t, Router router, Authenticator& authenticator, ListenOptions options,
       const Clock& clock, Metrics& metrics)
      : threads(t),
        core(std::make_shared<ServerCore>(std::move(router), authenticator, std::move(options),
                                          t.pool(), clock, metrics)),
        strand(asio::make_strand(t.context())),
        acceptor(strand),
        pause(strand) {}

  Result<void> bind();
  asio::awaitable<void> accept_loop();
  void admit(tcp::socket socket);

  IoThreads& threads;
  std::shared_ptr<ServerCore> core;
  asio::strand<asio::io_context::executor_type> strand;
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  std::unique_ptr<asio::ssl::context> tls;
  std::atomic<std::uint16_t> port{0};
  bool started = false, stopped = false;
};

Result<void> HttpServer::Impl::bind() {
  const auto& options = core->options;
  const std::string address = options.address == "localhost" ? "127.0.0.1" : options.address;
  boost::system::error_code error;
  const tcp::endpoint endpoint(asio::ip::make_address(address, error), options.port);
  if (!error) acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(1024, error);
  if (!error) port = acceptor.local_endpoint(error).port();
  if (error)
    return make_error(Errc::io, "listen.bind",
                      "cannot listen on " + options.address + " port " +
                          std::to_string(options.port) + ": " + error.message());
  return {};
}

asio::awaitable<void> HttpServer::Impl::accept_loop() {
  boost::system::error_code error;
  while (acceptor.is_open()) {
    tcp::socket socket{asio::any_io_executor(asio::make_strand(threads.context()))};
    co_await acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) break;
    if (error) {
      // Out of descriptors, most likely: wait for some to be given back.
      core->refused("accept");
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
      continue;
    }
    admit(std::move(socket));
  }
}

void HttpServer::Impl::admit(tcp::socket socket) {
  boost::system::error_code error;
  const auto remote = socket.remote_endpoint(error);
  if (error) return;
  std::string address = remote.address().to_string();
  if (!core->enter(address)) {
    core->refused("connections");
    // Only a word, without waiting: whoever fills all places gets no more of our time.
    static constexpr std::string_view kFull =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\n"
        "Connection: close\r\n\r\n";
    if (!tls) {
      socket.non_blocking(true, error);
      socket.send(asio::buffer(kFull), 0, error);
      socket.shutdown(asio::socket_base::shutdown_send, error);
    }
    return;
  }
  const auto executor = socket.get_executor();
  asio::co_spawn(
      executor,
      [self = shared_from_this(), shared = std::make_shared<tcp::socket>(std::move(socket)),
       address]() -> asio::awaitable<void> {
        try {
          co_await serve_connection(std::move(*shared), self->tls.get(), *self->core, address);
        } catch (const std::exception& e) {
          log::error("a connection ended with an exception: {}", e.what());
        } catch (...) {
          log::error("a connection ended with an unknown exception");
        }
        self->core->leave(address);
      },
      asio::detached);
}

HttpServer::HttpServer(IoThreads& threads, Router router, Authenticator& authenticator,
                       ListenOptions options, const Clock& clock, Metrics& metrics)
    : impl_(std::make_shared<Impl>(threads, std::move(router), authenticator, std::move(options),
                                   clock, metrics)) {}

HttpServer::~HttpServer() {
  stop(std::chrono::milliseconds(0));
}

Result<void> HttpServer::start() {
  const auto& options = impl_->core->options;
  if (auto checked = check_listen_options(options); !checked) return checked;
  if (options.tls()) {
    auto made = make_tls(options);
    if (!made) return made.error();
    impl_->tls = std::move(*made);
  }
  if (auto bound = impl_->bind(); !bound) return bound;
  impl_->started = true;
  asio::co_spawn(
      impl_->strand, [impl = impl_]() -> asio::awaitable<void> { co_await impl->accept_loop(); },
      asio::detached);
  return {};
}

std::uint16_t HttpServer::port() const noexcept {
  return impl_->port;
}

void HttpServer::stop(std::chrono::milliseconds grace) {
  if (!impl_->started || impl_->stopped) return;
  impl_->stopped = true;
  impl_->core->stopping = true;
  asio::post(impl_->strand, [impl = impl_] {
    boost::system::error_code ignored;
    impl->acceptor.close(ignored);
    impl->pause.cancel();
  });
  impl_->core->drain_all();
  if (impl_->core->wait_until_empty(grace)) return;
  impl_->core->abort_all();
  if (!impl_->core->wait_until_empty(std::chrono::seconds(5)))
    log::warn("{} connections did not end", impl_->core->connections());
}

std::size_t HttpServer::connections() const {
  return impl_->core->connections();
}

}  // namespace diemcau::signaling
