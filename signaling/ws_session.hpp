#pragma once
// One WebSocket: pings, limits, the bounded outbound queue. Internal to signaling (Beast inside).
// Lives on the connection's strand; send() and close() come from anywhere.

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "signaling/rate_window.hpp"
#include "signaling/server_core.hpp"
#include "signaling/stream.hpp"
#include "signaling/websocket.hpp"

namespace diemcau::signaling {

inline constexpr std::string_view kSubprotocol = "diemcau.v1";

class WsSession final : public WebSocket, public std::enable_shared_from_this<WsSession> {
 public:
  using Request = boost::beast::http::request<boost::beast::http::string_body>;

  WsSession(ConnectionStream stream, ServerCore& core);
  ~WsSession() override;

  /// Answers the upgrade and runs the handler until it ends and everything is closed.
  boost::asio::awaitable<void> run(Request upgrade, const WebSocketHandler& handler,
                                   const RequestContext& context, const HttpResponse& common);

  boost::asio::awaitable<std::optional<std::string>> receive() override;
  void send(std::shared_ptr<const std::string> text) override;
  void close(int code, std::string reason) override;
  /// On the strand: ends at once, without a close frame.
  void abort();

 private:
  struct Impl;  // Beast's stream
  struct CloseRequest {
    int code = 1000;
    std::string reason;
  };
  boost::asio::awaitable<void> talk(Request upgrade, const WebSocketHandler& handler,
                                    const RequestContext& context, const HttpResponse& common);
  void release();
  boost::asio::awaitable<bool> read_message();
  boost::asio::awaitable<void> write_loop();
  boost::asio::awaitable<void> watch_loop();
  void wake();
  void overflow();

  ServerCore& core_;
  const WebSocketLimits& limits_;
  std::unique_ptr<Impl> impl_;  // null once the visit is over

  // On the strand.
  RateWindow rate_;
  TimePoint last_frame_;
  bool reading_ = false;
  bool ping_due_ = false;
  bool gone_ = false;
  int loops_ = 0;

  std::mutex mutex_;  // guards what follows
  std::deque<std::shared_ptr<const std::string>> queue_;
  std::size_t queued_bytes_ = 0;
  std::optional<CloseRequest> closing_;
  bool woken_ = false;
  boost::asio::any_io_executor executor_;  // empty once the visit is over
};

}  // namespace diemcau::signaling
