#include "signaling/ws_session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include "base/log.hpp"
#include "signaling/messages.hpp"

namespace diemcau::signaling {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

struct WsSession::Impl {
  explicit Impl(ConnectionStream s)
      : stream(std::move(s)),
        writer_wake(stream.get_executor()),
        watch_wake(stream.get_executor()),
        done(stream.get_executor()) {}

  websocket::stream<ConnectionStream, false> stream;  // false: no permessage-deflate code at all
  asio::steady_timer writer_wake, watch_wake, done;
  beast::flat_buffer buffer;
};

WsSession::WsSession(ConnectionStream stream, ServerCore& core)
    : core_(core),
      limits_(core.options.websocket),
      impl_(std::make_unique<Impl>(std::move(stream))),
      rate_(limits_.messages_per_second, std::chrono::seconds(1)),
      last_frame_(core.clock.now()),
      executor_(impl_->stream.get_executor()) {}

WsSession::~WsSession() = default;

asio::awaitable<void> WsSession::run(Request upgrade, const WebSocketHandler& handler,
                                     const RequestContext& context, const HttpResponse& common) {
  core_.websocket.open.add(1);
  std::exception_ptr thrown;
  try {
    co_await talk(std::move(upgrade), handler, context, common);
  } catch (...) {
    thrown = std::current_exception();
  }
  core_.websocket.open.add(-1);
  release();
  if (thrown) std::rethrow_exception(thrown);
}

/// A conference may hold its channel longer than the connection or even the server lives, and let
/// go of it on any thread: what belongs to Asio goes here, on the strand.
void WsSession::release() {
  abort();
  const std::lock_guard lock(mutex_);
  impl_.reset();
  executor_ = {};
}

asio::awaitable<void> WsSession::talk(Request upgrade, const WebSocketHandler& handler,
                                      const RequestContext& context, const HttpResponse& common) {
  auto& ws = impl_->stream;
  ws.next_layer().next_layer().expires_never();  // from here on watch_loop() keeps time
  websocket::stream_base::timeout times{};
  times.handshake_timeout = std::chrono::seconds(10);
  times.idle_timeout = websocket::stream_base::none();
  times.keep_alive_pings = false;
  ws.set_option(times);
  ws.read_message_max(0);  // read_message() bounds it
  ws.auto_fragment(false);
  ws.text(true);
  ws.set_option(websocket::stream_base::decorator([&common](websocket::response_type& response) {
    for (const auto& [name, value] : common.headers.all()) response.set(name, value);
    response.set(beast::http::field::sec_websocket_protocol, kSubprotocol);
  }));
  ws.control_callback(
      [this](websocket::frame_type, beast::string_view) { last_frame_ = core_.clock.now(); });

  boost::system::error_code error;
  co_await ws.async_accept(upgrade, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return;
  last_frame_ = core_.clock.now();

  const auto self = shared_from_this();
  const auto spawn = [&](asio::awaitable<void> (WsSession::*loop)()) {
    ++loops_;
    asio::co_spawn(
        ws.get_executor(),
        [self, loop]() -> asio::awaitable<void> {
          co_await ((*self).*loop)();
          if (--self->loops_ == 0) self->impl_->done.cancel();
        },
        asio::detached);
  };
  spawn(&WsSession::write_loop);
  spawn(&WsSession::watch_loop);

  try {
    co_await handler(self, context);
  } catch (const std::exception& e) {
    log::error("a WebSocket handler threw: {}", e.what());
    close(1011, "internal");
  }
  close(1000, "");
  impl_->done.expires_at(asio::steady_timer::time_point::max());
  if (loops_ > 0) co_await impl_->done.async_wait(asio::redirect_error(asio::use_awaitable, error));
}

/// Beast's own bound would tell of a message too large only after it has torn the connection down,
/// and not when the page resets it meanwhile: it could be neither counted at once nor closed with
/// a reason the page is sure to read.
asio::awaitable<bool> WsSession::read_message() {
  auto& ws = impl_->stream;
  auto& buffer = impl_->buffer;
  buffer.clear();
  boost::system::error_code error;
  do {
    co_await ws.async_read_some(buffer, kMaxClientMessage + 1 - buffer.size(),
                                asio::redirect_error(asio::use_awaitable, error));
    last_frame_ = core_.clock.now();
    if (error) {
      bool ours = false;
      {
        const std::lock_guard lock(mutex_);
        ours = closing_.has_value();
      }
      if (!ours) abort();  // when we are closing, the write loop ends it
      co_return false;
    }
    if (buffer.size() > kMaxClientMessage) {
      core_.websocket.too_large.add();
      close(1009, "a message is at most 256 KiB");
      co_return false;
    }
  } while (!ws.is_message_done());
  co_return true;
}

asio::awaitable<std::optional<std::string>> WsSession::receive() {
  {
    const std::lock_guard lock(mutex_);
    if (closing_ || gone_) co_return std::nullopt;
  }
  reading_ = true;
  last_frame_ = core_.clock.now();  // time spent in the handler is not the page's silence
  const bool whole = co_await read_message();
  reading_ = false;
  last_frame_ = core_.clock.now();
  if (!whole) co_return std::nullopt;
  if (!impl_->stream.got_text()) {
    close(1008, "binary frames are not spoken here");
    co_return std::nullopt;
  }
  if (!rate_.take(last_frame_)) {
    core_.websocket.flood.add();
    close(1008, "too many messages");
    co_return std::nullopt;
  }
  co_return beast::buffers_to_string(impl_->buffer.data());
}

void WsSession::send(std::shared_ptr<const std::string> text) {
  {
    const std::lock_guard lock(mutex_);
    if (closing_) return;
    if (queue_.size() >= limits_.queue_messages ||
        queued_bytes_ + text->size() > limits_.queue_bytes) {
      overflow();
    } else {
      queued_bytes_ += text->size();
      queue_.push_back(std::move(text));
    }
    if (woken_) return;
    woken_ = true;
  }
  wake();
}

// With the mutex held.
void WsSession::overflow() {
  core_.websocket.dropped.add(queue_.size() + 1);
  core_.websocket.slow.add();
  queue_.clear();
  queued_bytes_ = 0;
  closing_ = CloseRequest{1008, "the page does not read"};
}

void WsSession::close(int code, std::string reason) {
  {
    const std::lock_guard lock(mutex_);
    if (closing_) return;
    if (reason.size() > 123) reason.resize(123);
    closing_ = CloseRequest{code, std::move(reason)};
    woken_ = true;
  }
  wake();
}

void WsSession::wake() {
  asio::any_io_executor executor;
  {
    const std::lock_guard lock(mutex_);
    executor = executor_;
  }
  if (!executor) return;
  asio::post(executor, [self = shared_from_this()] {
    if (!self->impl_) return;
    bool closing = false;
    {
      const std::lock_guard lock(self->mutex_);
      self->woken_ = false;
      closing = self->closing_.has_value();
    }
    self->impl_->writer_wake.cancel();
    if (closing) self->impl_->watch_wake.cancel();
  });
}

void WsSession::abort() {
  if (!impl_) return;
  gone_ = true;
  {
    const std::lock_guard lock(mutex_);
    if (!closing_) closing_ = CloseRequest{1006, ""};  // nothing is queued for it any more
    queue_.clear();
    queued_bytes_ = 0;
  }
  impl_->stream.next_layer().close();
  impl_->writer_wake.cancel();
  impl_->watch_wake.cancel();
}

asio::awaitable<void> WsSession::write_loop() {
  auto& ws = impl_->stream;
  boost::system::error_code error;
  while (!gone_) {
    std::shared_ptr<const std::string> next;
    std::optional<CloseRequest> closing;
    {
      const std::lock_guard lock(mutex_);
      if (!queue_.empty()) {
        next = std::move(queue_.front());
        queue_.pop_front();
        queued_bytes_ -= next->size();
      } else {
        closing = closing_;
      }
    }
    if (next) {
      co_await ws.async_write(asio::buffer(*next),
                              asio::redirect_error(asio::use_awaitable, error));
      if (error) break;
    } else if (closing) {
      websocket::close_reason reason(static_cast<websocket::close_code>(closing->code),
                                     closing->reason);
      co_await ws.async_close(reason, asio::redirect_error(asio::use_awaitable, error));
      break;
    } else if (ping_due_) {
      ping_due_ = false;
      websocket::ping_data nothing;
      co_await ws.async_ping(nothing, asio::redirect_error(asio::use_awaitable, error));
      if (error) break;
    } else {
      impl_->writer_wake.expires_at(asio::steady_timer::time_point::max());
      co_await impl_->writer_wake.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
  }
  abort();
}

asio::awaitable<void> WsSession::watch_loop() {
  boost::system::error_code error;
  std::optional<TimePoint> close_by;
  while (!gone_) {
    bool closing = false;
    {
      const std::lock_guard lock(mutex_);
      closing = closing_.has_value();
    }
    const TimePoint now = core_.clock.now();
    if (closing && !close_by) close_by = now + limits_.close_within;
    if (close_by && now >= *close_by) break;
    if (!closing && reading_ && now - last_frame_ >= limits_.idle) {
      core_.websocket.idle.add();
      break;
    }
    if (close_by)
      impl_->watch_wake.expires_at(*close_by);
    else
      impl_->watch_wake.expires_after(limits_.ping_every);
    co_await impl_->watch_wake.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (!error && !close_by) {
      ping_due_ = true;
      impl_->writer_wake.cancel();
    }
  }
  abort();
}

}  // namespace diemcau::signaling
