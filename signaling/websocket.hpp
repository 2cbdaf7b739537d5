#pragma once
// One WebSocket as plain types: text in, text out.

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

namespace diemcau::signaling {

class WebSocket {
 public:
  virtual ~WebSocket() = default;

  /// The next text message; nothing once the connection is closed or closing, whoever did it.
  /// On the connection's strand, one call at a time.
  virtual boost::asio::awaitable<std::optional<std::string>> receive() = 0;

  /// Any thread; only enqueues. When the queue is full (512 messages or 4 MiB) it is emptied,
  /// counted, and the connection closed with 1008, so that the page starts afresh.
  virtual void send(std::shared_ptr<const std::string> text) = 0;

  /// Any thread. What was sent before is delivered first, within five seconds. Later calls and
  /// sends change nothing. reason: at most 123 bytes (RFC 6455 §5.5).
  virtual void close(int code, std::string reason) = 0;
};

}  // namespace diemcau::signaling
