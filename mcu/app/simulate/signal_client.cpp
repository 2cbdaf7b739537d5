#include "mcu/app/simulate/signal_client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/url/parse.hpp>

namespace diemcau::mcu {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;

namespace {
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kMostMessage = 4u << 20;  // a welcome with 266 sites is about 100 kB

Error refused(const std::string& why) {
  return make_error(Errc::unavailable, "simulate.refused", why);
}
}  // namespace

struct SignalClient::Impl {
  explicit Impl(asio::any_io_executor executor) : stream(std::move(executor)) {}
  websocket::stream<beast::tcp_stream> stream;
  beast::flat_buffer buffer{kMostMessage};
};

SignalClient::SignalClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SignalClient::~SignalClient() = default;

Result<ServerAddress> parse_server_url(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || parsed->scheme() != "http" || parsed->host().empty())
    return make_error(Errc::invalid_argument, "simulate.bad_url",
                      "--url must be http://HOST:PORT of the server on this machine");
  return ServerAddress{std::string(parsed->host_address()),
                       parsed->has_port() ? std::string(parsed->port()) : "80"};
}

asio::awaitable<Result<std::unique_ptr<SignalClient>>> SignalClient::open(ServerAddress server,
                                                                          std::string meeting,
                                                                          std::string token) {
  const auto executor = co_await asio::this_coro::executor;
  auto impl = std::make_unique<Impl>(executor);
  tcp::resolver resolver(executor);
  auto [unresolved, endpoints] = co_await resolver.async_resolve(server.host, server.port, kTuple);
  if (unresolved) co_return refused(unresolved.message());
  auto& socket = beast::get_lowest_layer(impl->stream);
  socket.expires_after(std::chrono::seconds(10));
  auto [unconnected, endpoint] = co_await socket.async_connect(endpoints, kTuple);
  if (unconnected) co_return refused(unconnected.message());
  socket.expires_never();

  websocket::stream_base::timeout timeout{};
  timeout.handshake_timeout = std::chrono::seconds(10);
  timeout.idle_timeout = std::chrono::seconds(30);
  timeout.keep_alive_pings = false;
  impl->stream.set_option(timeout);
  impl->stream.read_message_max(kMostMessage);
  impl->stream.set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
    request.set(beast::http::field::authorization, "Bearer " + token);
    request.set(beast::http::field::sec_websocket_protocol, "diemcau.v1");
  }));
  websocket::response_type response;
  auto [failed] = co_await impl->stream.async_handshake(
      response, server.host + ":" + server.port, "/api/v1/meetings/" + meeting + "/signal", kTuple);
  if (failed)
    co_return refused(failed.message() + " (status " + std::to_string(response.result_int()) + ")");
  co_return std::unique_ptr<SignalClient>(new SignalClient(std::move(impl)));
}

asio::awaitable<Result<std::string>> SignalClient::read() {
  impl_->buffer.clear();
  auto [failed, size] = co_await impl_->stream.async_read(impl_->buffer, kTuple);
  if (failed) co_return refused(failed.message());
  co_return std::string(static_cast<const char*>(impl_->buffer.data().data()),
                        impl_->buffer.size());
}

asio::awaitable<Result<void>> SignalClient::write(std::string json) {
  auto [failed, size] = co_await impl_->stream.async_write(asio::buffer(json), kTuple);
  if (failed) co_return refused(failed.message());
  co_return Result<void>();
}

void SignalClient::cancel() {
  beast::get_lowest_layer(impl_->stream).close();
}

}  // namespace diemcau::mcu
