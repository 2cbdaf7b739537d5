#include "signaling/body_reader.hpp"

#include <vector>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/read.hpp>

#include "signaling/async.hpp"

namespace diemcau::signaling {
namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {
constexpr std::size_t kPiece = 64 * 1024;
}

std::optional<Error> body_fault(boost::system::error_code error) {
  if (error == http::error::body_limit)
    return make_error(Errc::too_large, "request.too_large", "the body is too large here");
  if (error.category() == make_error_code(http::error::bad_chunk).category())
    return make_error(Errc::invalid_argument, "request.malformed", error.message());
  return std::nullopt;
}

asio::awaitable<Result<void>> read_body_into(Upload& upload, ConnectionStream& stream,
                                             boost::beast::flat_buffer& buffer,
                                             http::request_parser<http::string_body>& head,
                                             std::size_t limit, std::chrono::milliseconds patience,
                                             asio::thread_pool& pool) {
  http::request_parser<http::buffer_body> body(std::move(head));
  body.body_limit(limit);
  std::vector<char> piece(kPiece);
  while (!body.is_done()) {
    body.get().body().data = piece.data();
    body.get().body().size = piece.size();
    boost::system::error_code error;
    stream.next_layer().expires_after(patience);
    co_await http::async_read(stream, buffer, body,
                              asio::redirect_error(asio::use_awaitable, error));
    if (error && error != http::error::need_buffer) {
      if (auto fault = body_fault(error)) co_return std::move(*fault);
      co_return make_error(Errc::unavailable, kClientGone, error.message());
    }
    const std::span<const char> got(piece.data(), piece.size() - body.get().body().size);
    auto write = [&upload, got] { return upload.write(got); };
    Result<void> written = co_await on_pool(pool, std::move(write));
    if (!written) co_return written.error();
  }
  co_return Result<void>();
}

}  // namespace diemcau::signaling
