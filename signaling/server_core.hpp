#pragma once
// What all connections of one listener share. Internal to signaling. Any thread.

#include <array>
#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "signaling/http/dispatcher.hpp"
#include "signaling/http/guard.hpp"
#include "signaling/listener.hpp"

namespace diemcau::signaling {

/// A connection as the registry knows it. Both may be called from any thread.
class OpenConnection {
 public:
  virtual ~OpenConnection() = default;
  virtual void drain() = 0;
  virtual void abort() = 0;
};

struct WebSocketCounters {
  explicit WebSocketCounters(Metrics& metrics);
  Gauge& open;
  Counter& dropped;  // diemcau_queue_dropped_total{queue="websocket"}
  Counter& slow;     // closed because the page did not read
  Counter& idle;
  Counter& flood;
  Counter& too_large;
};

class ServerCore {
 public:
  ServerCore(Router router, Authenticator& authenticator, ListenOptions options,
             boost::asio::thread_pool& pool, const Clock& clock, Metrics& metrics);

  /// False when a limit is reached; then nothing was counted in.
  bool enter(const std::string& address);
  void leave(const std::string& address);
  void enlist(const std::shared_ptr<OpenConnection>& connection);
  void delist(const OpenConnection* connection);
  std::size_t connections() const;

  void drain_all();
  void abort_all();
  bool wait_until_empty(std::chrono::milliseconds within);

  void refused(HeadFault fault) { faults_[static_cast<std::size_t>(fault)]->add(); }
  void refused(const char* reason);

  const ListenOptions options;
  Dispatcher dispatcher;
  boost::asio::thread_pool& pool;
  const Clock& clock;
  WebSocketCounters websocket;
  std::atomic<bool> stopping{false};

 private:
  Metrics& metrics_;
  std::array<Counter*, kHeadFaults> faults_{};
  mutable std::mutex mutex_;
  std::condition_variable empty_;
  std::size_t count_ = 0;
  std::map<std::string, std::size_t> by_address_;
  std::map<const OpenConnection*, std::weak_ptr<OpenConnection>> open_;
};

}  // namespace diemcau::signaling
