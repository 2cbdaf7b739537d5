#pragma once
// A WebSocket client of PROTOCOL.md, for simulated sites. Lives on the strand of its coroutine.

#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"

namespace diemcau::mcu {

struct ServerAddress {
  std::string host, port;
};
/// "http://127.0.0.1:8080". Errors: simulate.bad_url (simulated sites speak plain HTTP, as they
/// run on the server's machine).
Result<ServerAddress> parse_server_url(const std::string& url);

class SignalClient {
 public:
  /// Errors: simulate.refused (the status and why).
  static boost::asio::awaitable<Result<std::unique_ptr<SignalClient>>> open(ServerAddress server,
                                                                            std::string meeting,
                                                                            std::string token);
  ~SignalClient();

  /// One message; an error when the connection ended.
  boost::asio::awaitable<Result<std::string>> read();
  boost::asio::awaitable<Result<void>> write(std::string json);
  /// From any coroutine of the same strand: a pending read ends.
  void cancel();

 private:
  struct Impl;
  explicit SignalClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace diemcau::mcu
