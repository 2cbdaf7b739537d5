#include "mcu/api/whip_sessions.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <openssl/rand.h>

namespace diemcau::mcu {
namespace {

std::string random_hex() {
  static constexpr char kHex[] = "0123456789abcdef";
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("no random bytes");
  std::string out;
  for (const auto byte : bytes) {
    out.push_back(kHex[byte >> 4]);
    out.push_back(kHex[byte & 15]);
  }
  return out;
}

std::string new_etag() {
  return "\"" + random_hex() + "\"";
}

}  // namespace

std::string WhipSessions::add(WhipSession session) {
  std::string id = random_hex();
  session.etag = new_etag();
  const std::lock_guard lock(mutex_);
  while (sessions_.size() >= limit_ && !order_.empty()) {
    sessions_.erase(order_.front());
    order_.pop_front();
  }
  sessions_.emplace(id, std::move(session));
  order_.push_back(id);
  return id;
}

std::optional<WhipSession> WhipSessions::find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto it = sessions_.find(id);
  if (it == sessions_.end()) return std::nullopt;
  return it->second;
}

std::string WhipSessions::renew_etag(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto it = sessions_.find(id);
  if (it == sessions_.end()) return {};
  it->second.etag = new_etag();
  return it->second.etag;
}

void WhipSessions::remove(const std::string& id) {
  const std::lock_guard lock(mutex_);
  if (sessions_.erase(id) > 0) order_.erase(std::find(order_.begin(), order_.end(), id));
}

std::size_t WhipSessions::size() const {
  const std::lock_guard lock(mutex_);
  return sessions_.size();
}

}  // namespace diemcau::mcu
