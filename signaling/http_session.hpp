#pragma once
// One accepted connection: request after request until it ends or becomes a WebSocket. Internal to
// signaling. Lives on its own strand; drain() and abort() post to it.

#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include "signaling/server_core.hpp"

namespace diemcau::signaling {

/// Until the connection is over. tls: null for plain HTTP. `address` was counted in by
/// ServerCore::enter and is counted out by the caller.
boost::asio::awaitable<void> serve_connection(boost::asio::ip::tcp::socket socket,
                                              boost::asio::ssl::context* tls, ServerCore& core,
                                              std::string address);

}  // namespace diemcau::signaling
