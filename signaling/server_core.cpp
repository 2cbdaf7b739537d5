#include "signaling/server_core.hpp"

#include <vector>

namespace diemcau::signaling {
namespace {

constexpr const char* kRefused = "diemcau_http_refused_total";
constexpr const char* kRefusedHelp = "Requests and connections refused before any route, by reason";
constexpr const char* kClosed = "diemcau_websocket_closed_total";
constexpr const char* kClosedHelp = "WebSockets closed by the server, by reason";

std::vector<std::string> origins_of(const ListenOptions& options) {
  std::vector<std::string> origins = options.allowed_origins;
  origins.push_back(options.public_url);
  return origins;
}

}  // namespace

WebSocketCounters::WebSocketCounters(Metrics& metrics)
    : open(metrics.gauge("diemcau_websockets", "Open WebSockets")),
      dropped(metrics.counter("diemcau_queue_dropped_total", "Items dropped by bounded queues",
                              {{"queue", "websocket"}})),
      slow(metrics.counter(kClosed, kClosedHelp, {{"reason", "slow"}})),
      idle(metrics.counter(kClosed, kClosedHelp, {{"reason", "idle"}})),
      flood(metrics.counter(kClosed, kClosedHelp, {{"reason", "flood"}})),
      too_large(metrics.counter(kClosed, kClosedHelp, {{"reason", "too_large"}})) {}

ServerCore::ServerCore(Router router, Authenticator& authenticator, ListenOptions listen,
                       boost::asio::thread_pool& blocking, const Clock& c, Metrics& metrics)
    : options(std::move(listen)),
      dispatcher(std::move(router), authenticator, OriginPolicy(origins_of(options)), c, metrics),
      pool(blocking),
      clock(c),
      websocket(metrics),
      metrics_(metrics) {
  for (int i = 0; i < kHeadFaults; ++i) {
    const auto reason = std::string(name_of(static_cast<HeadFault>(i)));
    faults_[static_cast<std::size_t>(i)] =
        &metrics.counter(kRefused, kRefusedHelp, {{"reason", reason}});
  }
}

void ServerCore::refused(const char* reason) {
  metrics_.counter(kRefused, kRefusedHelp, {{"reason", reason}}).add();
}

bool ServerCore::enter(const std::string& address) {
  const std::lock_guard lock(mutex_);
  if (count_ >= options.max_connections) return false;
  auto& here = by_address_[address];
  if (!options.behind_proxy && here >= options.max_connections_per_address) return false;
  ++here;
  ++count_;
  return true;
}

void ServerCore::leave(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const auto it = by_address_.find(address);
  if (--it->second == 0) by_address_.erase(it);
  if (--count_ == 0) empty_.notify_all();
}

void ServerCore::enlist(const std::shared_ptr<OpenConnection>& connection) {
  {
    const std::lock_guard lock(mutex_);
    open_[connection.get()] = connection;
  }
  if (stopping) connection->drain();  // accepted while stop() was listing the others
}

void ServerCore::delist(const OpenConnection* connection) {
  const std::lock_guard lock(mutex_);
  open_.erase(connection);
}

std::size_t ServerCore::connections() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

void ServerCore::drain_all() {
  const std::lock_guard lock(mutex_);
  for (auto& [key, weak] : open_)
    if (const auto connection = weak.lock()) connection->drain();
}

void ServerCore::abort_all() {
  const std::lock_guard lock(mutex_);
  for (auto& [key, weak] : open_)
    if (const auto connection = weak.lock()) connection->abort();
}

bool ServerCore::wait_until_empty(std::chrono::milliseconds within) {
  std::unique_lock lock(mutex_);
  return empty_.wait_for(lock, within, [this] { return count_ == 0; });
}

}  // namespace diemcau::signaling
