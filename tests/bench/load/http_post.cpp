#include "tests/bench/load/http_post.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace diemcau::bench {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

Error refused(const std::string& why) {
  return make_error(Errc::unavailable, "load.refused", why);
}
}  // namespace

asio::awaitable<Result<std::string>> http_ask(mcu::ServerAddress server, HttpAsk ask) {
  const auto executor = co_await asio::this_coro::executor;
  boost::system::error_code invalid;
  const auto address = asio::ip::make_address(server.host, invalid);
  if (invalid) co_return refused("the server's host must be an address");
  boost::beast::tcp_stream stream(executor);
  stream.expires_after(std::chrono::seconds(15));
  const tcp::endpoint endpoint(address, static_cast<std::uint16_t>(std::stoi(server.port)));
  auto [unconnected] = co_await stream.async_connect(endpoint, kTuple);
  if (unconnected) co_return refused(unconnected.message());
  http::request<http::string_body> request(http::string_to_verb(ask.method), ask.target, 11);
  request.set(http::field::host, server.host);
  if (!ask.token.empty()) request.set(http::field::authorization, "Bearer " + ask.token);
  if (!ask.content_type.empty()) request.set(http::field::content_type, ask.content_type);
  request.body() = std::move(ask.body);
  request.prepare_payload();
  auto [unsent, written] = co_await http::async_write(stream, request, kTuple);
  if (unsent) co_return refused(unsent.message());
  boost::beast::flat_buffer buffer;
  http::response<http::string_body> response;
  auto [unread, got] = co_await http::async_read(stream, buffer, response, kTuple);
  if (unread) co_return refused(unread.message());
  if (response.result_int() / 100 != 2)
    co_return refused(std::to_string(response.result_int()) + " " + response.body());
  co_return std::move(response.body());
}

}  // namespace diemcau::bench
