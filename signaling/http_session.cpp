#include "signaling/http_session.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "signaling/async.hpp"
#include "signaling/body_reader.hpp"
#include "signaling/http/problem.hpp"
#include "signaling/http/security_headers.hpp"
#include "signaling/http/serialize.hpp"
#include "signaling/http/url.hpp"
#include "signaling/messages.hpp"
#include "signaling/stream.hpp"
#include "signaling/ws_session.hpp"

namespace diemcau::signaling {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace {

using Parser = http::request_parser<http::string_body>;
using Admitted = Dispatcher::Admitted;

constexpr std::size_t kPiece = 256 * 1024;  // of a streamed body

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

/// The last item of the last field of that name (RFC 9110 §5.3: several fields are one list). A
/// proxy appends to the list or adds a field: only what stands last is its own, all before it the
/// client's.
std::string_view last_item(const Headers& headers, std::string_view name) {
  std::string_view last;
  for (const auto& [field, value] : headers.all())
    if (equals_ignoring_case(field, name)) last = value;
  last.remove_prefix(last.rfind(',') == std::string_view::npos ? 0 : last.rfind(',') + 1);
  while (!last.empty() && (last.front() == ' ' || last.front() == '\t')) last.remove_prefix(1);
  while (!last.empty() && (last.back() == ' ' || last.back() == '\t')) last.remove_suffix(1);
  return last;
}

HttpResponse malformed(std::string_view why) {
  return problem(make_error(Errc::invalid_argument, "request.malformed", why));
}

class HttpSession final : public OpenConnection, public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(ConnectionStream stream, ServerCore& core, std::string address)
      : stream_(std::move(stream)),
        executor_(stream_.get_executor()),
        core_(core),
        address_(std::move(address)) {}

  asio::awaitable<void> run();
  void drain() override;
  void abort() override;

 private:
  enum class Next { keep, close };

  asio::awaitable<std::size_t> read_head();
  asio::awaitable<Next> serve_one(std::size_t head_size);
  asio::awaitable<Next> refuse(HttpResponse response);
  asio::awaitable<Next> respond(const Admitted& admitted, HttpResponse response, bool keep);
  asio::awaitable<Next> receive(std::unique_ptr<Parser> parser, std::unique_ptr<Admitted> admitted,
                                bool expects_continue);
  asio::awaitable<Next> respond_to_bad_body(const Admitted& admitted, const Error& fault);
  asio::awaitable<Next> upgrade(std::unique_ptr<Parser> parser, std::unique_ptr<Admitted> admitted);
  asio::awaitable<bool> write_stream(HttpResponse& response);
  asio::awaitable<bool> write(std::string_view bytes);
  asio::awaitable<void> finish();
  Result<HttpRequest> to_request(const Parser& parser) const;
  bool is_secure(const HttpRequest& request) const;
  void expire(std::chrono::milliseconds after) { stream_.next_layer().expires_after(after); }

  ConnectionStream stream_;
  asio::any_io_executor executor_;
  ServerCore& core_;
  std::string address_;
  beast::flat_buffer buffer_;
  bool idle_ = false;  // between requests: may be closed at any time
  bool draining_ = false;
  std::shared_ptr<WsSession> websocket_;
};

void HttpSession::drain() {
  asio::post(executor_, [self = shared_from_this()] {
    self->draining_ = true;
    if (self->idle_) self->stream_.close();
    if (self->websocket_) {
      static const auto kGoodbye = std::make_shared<const std::string>(
          to_json(Closed{"server.stopping", "The server is stopping; reconnect."}));
      self->websocket_->send(kGoodbye);
      self->websocket_->close(1001, "server.stopping");
    }
  });
}

void HttpSession::abort() {
  asio::post(executor_, [self = shared_from_this()] {
    self->draining_ = true;
    if (self->websocket_)
      self->websocket_->abort();
    else
      self->stream_.close();
  });
}

asio::awaitable<void> HttpSession::run() {
  boost::system::error_code error;
  if (auto* tls = stream_.tls()) {
    expire(core_.options.header_timeout);
    co_await tls->async_handshake(asio::ssl::stream_base::server,
                                  asio::redirect_error(asio::use_awaitable, error));
    if (error) {
      core_.refused("tls_handshake");
      co_return;
    }
  }
  while (!draining_) {
    const std::size_t head = co_await read_head();
    if (head == 0) break;
    const Next next = co_await serve_one(head);
    if (websocket_) co_return;
    if (next == Next::close) break;
  }
  co_await finish();
}

/// The size of a whole head at the front of the buffer; 0 when the connection is over.
asio::awaitable<std::size_t> HttpSession::read_head() {
  boost::system::error_code error;
  std::size_t searched = 0;
  bool begun = false;
  expire(core_.options.idle_timeout);
  for (;;) {
    std::string_view bytes(static_cast<const char*>(buffer_.data().data()), buffer_.size());
    // RFC 9112 §2.2: an empty line before the request line is to be ignored; one is enough.
    if (searched == 0 && bytes.starts_with("\r\n")) {
      buffer_.consume(2);
      bytes.remove_prefix(2);
    }
    if (!bytes.empty() && !begun) {
      begun = true;
      expire(core_.options.header_timeout);  // for the whole head, however slowly it drips
    }
    const auto end = bytes.find("\r\n\r\n", searched < 3 ? 0 : searched - 3);
    if (end != std::string_view::npos && end + 4 <= kMaxRequestHead) co_return end + 4;
    if (bytes.size() >= kMaxRequestHead) {
      core_.refused("head_too_large");
      HttpResponse refusal = problem(431, make_error(Errc::too_large, "request.head_too_large",
                                                     "the request head may have at most 16 KiB"));
      co_await refuse(std::move(refusal));
      co_return 0;
    }
    // A bare LF or CR line ending, or something that is not HTTP at all, never gets to the empty
    // line: say so now rather than after the time-out.
    if (bytes.find("\n\n") != std::string_view::npos ||
        (!bytes.empty() && static_cast<unsigned char>(bytes.front()) <= 0x20)) {
      core_.refused(HeadFault::control_character);
      HttpResponse refusal = malformed("control_character");
      co_await refuse(std::move(refusal));
      co_return 0;
    }
    searched = bytes.size();
    idle_ = !begun;
    const std::size_t got = co_await stream_.async_read_some(
        buffer_.prepare(8192), asio::redirect_error(asio::use_awaitable, error));
    idle_ = false;
    buffer_.commit(got);
    if (error) {
      if (begun && error == beast::error::timeout) core_.refused("head_timeout");
      co_return 0;
    }
  }
}

bool HttpSession::is_secure(const HttpRequest& request) const {
  if (core_.options.tls()) return true;
  if (!core_.options.behind_proxy) return false;
  if (const auto proto = last_item(request.headers, "X-Forwarded-Proto"); !proto.empty())
    return equals_ignoring_case(proto, "https");
  return core_.options.public_url.starts_with("https://");
}

Result<HttpRequest> HttpSession::to_request(const Parser& parser) const {
  const auto& message = parser.get();
  HttpRequest request;
  request.method = method_from(view(message.method_string()));
  for (const auto& field : message)
    request.headers.add(std::string(view(field.name_string())), std::string(view(field.value())));
  if (auto parsed = parse_target(view(message.target()), request); !parsed) return parsed.error();
  for (const auto& [name, value] : request.headers.all()) {
    if (!equals_ignoring_case(name, "cookie")) continue;
    for (auto& cookie : parse_cookies(value)) request.cookies.push_back(std::move(cookie));
  }
  request.host = std::string(request.headers.get("Host"));
  request.peer = address_;
  if (core_.options.behind_proxy) {
    const auto forwarded = last_item(request.headers, "X-Forwarded-For");
    if (!forwarded.empty() && forwarded.size() <= 64) request.peer = std::string(forwarded);
  }
  request.secure = is_secure(request);
  return request;
}

asio::awaitable<HttpSession::Next> HttpSession::serve_one(std::size_t head_size) {
  const std::string_view head(static_cast<const char*>(buffer_.data().data()), head_size);
  if (const auto fault = check_request_head(head)) {
    core_.refused(*fault);
    HttpResponse refusal = malformed(name_of(*fault));
    co_await refuse(std::move(refusal));
    co_return Next::close;
  }

  auto parser = std::make_unique<Parser>();
  parser->header_limit(static_cast<std::uint32_t>(kMaxRequestHead));
  parser->body_limit(boost::none);  // the route's, once it is known
  boost::system::error_code error;
  buffer_.consume(parser->put(asio::buffer(head), error));
  if (error || !parser->is_header_done()) {
    core_.refused("unparsable");
    HttpResponse refusal = malformed(error ? error.message() : "incomplete head");
    co_await refuse(std::move(refusal));
    co_return Next::close;
  }
  Result<HttpRequest> request = to_request(*parser);
  if (!request) {
    core_.refused(HeadFault::bad_target);
    HttpResponse refusal = problem(request.error());
    co_await refuse(std::move(refusal));
    co_return Next::close;
  }
  const auto expect = request->headers.get("Expect");
  const bool expects_continue = equals_ignoring_case(expect, "100-continue");
  const std::uint64_t length = parser->content_length().value_or(0);
  const bool has_body = parser->chunked() || length > 0;
  const bool is_upgrade = beast::websocket::is_upgrade(parser->get());
  const bool keep = parser->get().keep_alive();

  auto admitted =
      co_await core_.dispatcher.admit(std::move(*request), is_upgrade && !has_body, length);
  if (!expect.empty() && !expects_continue && !admitted->refusal)
    admitted->refusal = problem(417, make_error(Errc::unsupported, "request.expectation",
                                                "only 100-continue is understood"));
  if (admitted->refusal) {
    HttpResponse refusal = std::move(*admitted->refusal);
    co_return co_await respond(*admitted, std::move(refusal), keep && !has_body);
  }
  if (admitted->route->websocket) {
    const Next next = co_await upgrade(std::move(parser), std::move(admitted));
    co_return next;
  }

  if (admitted->route->upload) {
    const Next next =
        co_await receive(std::move(parser), std::move(admitted), has_body && expects_continue);
    co_return next;
  }
  if (has_body) {
    if (expects_continue) {
      const bool written = co_await write("HTTP/1.1 100 Continue\r\n\r\n");
      if (!written) co_return Next::close;
    }
    expire(core_.options.body_timeout);
    parser->body_limit(admitted->route->body_limit);
    co_await http::async_read(stream_, buffer_, *parser,
                              asio::redirect_error(asio::use_awaitable, error));
    if (error) {
      const auto fault = body_fault(error);
      if (!fault) co_return Next::close;
      co_return co_await respond_to_bad_body(*admitted, *fault);
    }
    admitted->context.request.body = std::move(parser->get().body());
  }

  HttpResponse response = co_await core_.dispatcher.answer(*admitted);
  co_return co_await respond(*admitted, std::move(response), keep);
}

asio::awaitable<HttpSession::Next> HttpSession::respond_to_bad_body(const Admitted& admitted,
                                                                    const Error& fault) {
  if (fault.code == kClientGone) co_return Next::close;
  if (fault.code == "request.malformed") core_.refused("bad_body");
  HttpResponse refusal = core_.dispatcher.failed(admitted, fault);
  co_return co_await respond(admitted, std::move(refusal), false);
}

asio::awaitable<HttpSession::Next> HttpSession::receive(std::unique_ptr<Parser> parser,
                                                        std::unique_ptr<Admitted> admitted,
                                                        bool expects_continue) {
  std::optional<std::uint64_t> length;
  if (const auto announced = parser->content_length()) length = *announced;
  const bool keep = parser->get().keep_alive(), empty = parser->is_done();
  Result<std::unique_ptr<Upload>> upload = co_await core_.dispatcher.open_upload(*admitted, length);
  if (!upload) {
    HttpResponse refusal = core_.dispatcher.failed(*admitted, upload.error());
    co_return co_await respond(*admitted, std::move(refusal), keep && empty);
  }
  if (expects_continue) {
    const bool written = co_await write("HTTP/1.1 100 Continue\r\n\r\n");
    if (!written) co_return Next::close;
  }
  const Result<void> read =
      co_await read_body_into(**upload, stream_, buffer_, *parser, admitted->route->body_limit,
                              core_.options.body_timeout, core_.pool);
  if (!read) co_return co_await respond_to_bad_body(*admitted, read.error());
  HttpResponse response = co_await core_.dispatcher.finish_upload(*admitted, **upload);
  co_return co_await respond(*admitted, std::move(response), keep);
}

asio::awaitable<HttpSession::Next> HttpSession::upgrade(std::unique_ptr<Parser> parser,
                                                        std::unique_ptr<Admitted> admitted) {
  const auto& request = admitted->context.request;
  bool offered = false;
  std::string_view list = request.headers.get("Sec-WebSocket-Protocol");
  while (!list.empty()) {
    auto item = list.substr(0, list.find(','));
    list.remove_prefix(std::min(item.size() + 1, list.size()));
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
    offered = offered || item == kSubprotocol;
  }
  if (!offered || buffer_.size() > 0) {
    HttpResponse refusal = problem(make_error(Errc::invalid_argument, "ws.subprotocol",
                                              "the subprotocol diemcau.v1 must be offered"));
    co_return co_await respond(*admitted, std::move(refusal), false);
  }
  if (draining_) {
    HttpResponse refusal =
        problem(make_error(Errc::unavailable, "server.stopping", "the server is stopping"));
    co_return co_await respond(*admitted, std::move(refusal), false);
  }
  HttpResponse common(101);
  core_.dispatcher.finish(*admitted, common);
  websocket_ = std::make_shared<WsSession>(std::move(stream_), core_);
  const auto session = websocket_;
  co_await session->run(parser->release(), admitted->route->websocket, admitted->context, common);
  co_return Next::close;
}

asio::awaitable<HttpSession::Next> HttpSession::refuse(HttpResponse response) {
  core_.dispatcher.finish_unrouted(response, core_.options.tls());
  const std::string head = serialize_head(response, false, response.body.size());
  const bool written = co_await write(head + response.body);
  (void)written;
  co_return Next::close;
}

asio::awaitable<HttpSession::Next> HttpSession::respond(const Admitted& admitted,
                                                        HttpResponse response, bool keep) {
  core_.dispatcher.finish(admitted, response);
  keep = keep && !draining_;
  const std::uint64_t length = response.stream ? response.stream_length : response.body.size();
  const std::string head = serialize_head(response, keep, length);
  const bool bodiless = admitted.context.request.method == Method::head || response.status == 204 ||
                        response.status == 304;
  bool written = false;
  if (bodiless) {
    written = co_await write(head);
  } else if (response.stream) {
    written = co_await write(head);
    if (written) written = co_await write_stream(response);
  } else if (response.body.size() < kPiece) {
    written = co_await write(head + response.body);
  } else {
    written = co_await write(head);
    for (std::string_view rest = response.body; written && !rest.empty();) {
      const auto piece = rest.substr(0, kPiece);
      written = co_await write(piece);
      rest.remove_prefix(piece.size());
    }
  }
  co_return written&& keep ? Next::keep : Next::close;
}

asio::awaitable<bool> HttpSession::write_stream(HttpResponse& response) {
  std::vector<char> piece(kPiece);
  std::uint64_t left = response.stream_length;
  while (left > 0) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(left, piece.size()));
    auto read = [&response, &piece, want] {
      return response.stream->read(std::span(piece.data(), want));
    };
    const Result<std::size_t> got = co_await on_pool(core_.pool, std::move(read));
    if (!got || *got == 0 || *got > want) co_return false;  // shorter than promised: cut it off
    const bool written = co_await write(std::string_view(piece.data(), *got));
    if (!written) co_return false;
    left -= *got;
  }
  co_return true;
}

asio::awaitable<bool> HttpSession::write(std::string_view bytes) {
  boost::system::error_code error;
  expire(core_.options.write_timeout);
  co_await asio::async_write(stream_, asio::buffer(bytes),
                             asio::redirect_error(asio::use_awaitable, error));
  co_return !error;
}

/// Ends so that the client gets to read our last answer: RFC 9112 §9.6.
asio::awaitable<void> HttpSession::finish() {
  boost::system::error_code error;
  if (!stream_.next_layer().socket().is_open()) co_return;
  expire(std::chrono::seconds(2));
  if (auto* tls = stream_.tls()) {
    co_await tls->async_shutdown(asio::redirect_error(asio::use_awaitable, error));
  } else {
    stream_.next_layer().socket().shutdown(asio::socket_base::shutdown_send, error);
    buffer_.clear();
    std::size_t drained = 0;
    while (!error && drained < 256 * 1024)
      drained += co_await stream_.async_read_some(buffer_.prepare(8192),
                                                  asio::redirect_error(asio::use_awaitable, error));
  }
  stream_.close();
}

}  // namespace

asio::awaitable<void> serve_connection(asio::ip::tcp::socket socket, asio::ssl::context* tls,
                                       ServerCore& core, std::string address) {
  boost::system::error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  ConnectionStream::Plain plain(std::move(socket));
  auto session =
      std::make_shared<HttpSession>(tls != nullptr ? ConnectionStream(std::move(plain), *tls)
                                                   : ConnectionStream(std::move(plain)),
                                    core, std::move(address));
  core.enlist(session);
  std::exception_ptr thrown;
  try {
    co_await session->run();
  } catch (...) {
    thrown = std::current_exception();
  }
  core.delist(session.get());
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace diemcau::signaling
