#pragma once
// One HTTP request on a connection of its own, as a browser's first. A coroutine of the caller's
// executor.

#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "mcu/app/simulate/signal_client.hpp"

namespace diemcau::bench {

struct HttpAsk {
  std::string method = "POST", target;
  std::string token;  // bearer; empty: none
  std::string content_type;
  std::string body;
};

/// The body of a 2xx answer. Errors: load.refused, with status and body or why there is none.
boost::asio::awaitable<Result<std::string>> http_ask(mcu::ServerAddress server, HttpAsk ask);

}  // namespace diemcau::bench
