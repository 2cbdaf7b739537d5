#pragma once
// Plain TCP or TLS as one type, so that HTTP and WebSocket are compiled once for both.
// Internal to signaling: it brings Beast in. On the connection's strand.

#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/teardown.hpp>

namespace diemcau::signaling {

class ConnectionStream {
 public:
  using Plain = boost::beast::tcp_stream;
  using Tls = boost::beast::ssl_stream<Plain>;  // it joins small buffers into one record
  using next_layer_type = Plain;
  using executor_type = Plain::executor_type;

  explicit ConnectionStream(Plain plain) : plain_(std::move(plain)) {}
  ConnectionStream(Plain plain, boost::asio::ssl::context& context)
      : tls_(std::make_unique<Tls>(std::move(plain), context)) {}

  executor_type get_executor() noexcept { return next_layer().get_executor(); }
  Plain& next_layer() noexcept { return tls_ ? tls_->next_layer() : *plain_; }
  const Plain& next_layer() const noexcept { return tls_ ? tls_->next_layer() : *plain_; }
  Tls* tls() noexcept { return tls_.get(); }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const Buffers& into) {
          if (tls_)
            tls_->async_read_some(into, std::move(handler));
          else
            plain_->async_read_some(into, std::move(handler));
        },
        token, buffers);
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const Buffers& from) {
          if (tls_)
            tls_->async_write_some(from, std::move(handler));
          else
            plain_->async_write_some(from, std::move(handler));
        },
        token, buffers);
  }

  void close() noexcept {
    boost::system::error_code ignored;
    next_layer().socket().close(ignored);
  }

 private:
  std::optional<Plain> plain_;
  std::unique_ptr<Tls> tls_;
};

/// Found by Beast through the argument's namespace when a WebSocket ends.
template <class Handler>
void async_teardown(boost::beast::role_type role, ConnectionStream& stream, Handler&& handler) {
  using boost::beast::websocket::async_teardown;
  if (stream.tls() != nullptr)
    async_teardown(role, *stream.tls(), std::forward<Handler>(handler));
  else
    async_teardown(role, stream.next_layer(), std::forward<Handler>(handler));
}

}  // namespace diemcau::signaling
