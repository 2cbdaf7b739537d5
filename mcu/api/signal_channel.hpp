#pragma once
// The conference's SignalChannel over the page's WebSocket.

#include "mcu/conference/conference_service.hpp"
#include "signaling/websocket.hpp"

namespace diemcau::mcu {

class WebSocketChannel final : public SignalChannel {
 public:
  explicit WebSocketChannel(std::shared_ptr<signaling::WebSocket> socket)
      : socket_(std::move(socket)) {}

  void send(std::shared_ptr<const std::string> json) override { socket_->send(std::move(json)); }
  void close(int websocket_code, const std::string& code, const std::string& detail) override {
    const signaling::Closed closed{code, detail};
    socket_->send(std::make_shared<const std::string>(signaling::to_json(closed)));
    socket_->close(websocket_code, code);
  }

 private:
  std::shared_ptr<signaling::WebSocket> socket_;
};

}  // namespace diemcau::mcu
