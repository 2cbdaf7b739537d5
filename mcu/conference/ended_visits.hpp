#pragma once
// Who was signed out by somebody else while the server runs: a link revoked, a device taken out. A
// visit that was on its way in at that moment, with its right already looked at, is stopped by it.
// What signed somebody in is never used again, so that nothing is ever taken out but by the bound:
// the oldest of 4096, long after everything that was on its way has arrived. Any thread.

#include <deque>
#include <mutex>
#include <set>
#include <string>

#include "signaling/auth/identity.hpp"

namespace diemcau::mcu {

class EndedVisits {
 public:
  explicit EndedVisits(std::size_t most = 4096) : most_(most) {}

  /// `owner`: signaling::owner_key().
  void add(const std::string& owner) {
    const std::lock_guard lock(mutex_);
    if (!owners_.insert(owner).second) return;
    order_.push_back(owner);
    if (order_.size() <= most_) return;
    owners_.erase(order_.front());
    order_.pop_front();
  }
  bool contains(const signaling::Identity& who) const {
    const std::lock_guard lock(mutex_);
    return owners_.contains(signaling::owner_key(who));
  }

 private:
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::set<std::string> owners_;
  std::deque<std::string> order_;
};

}  // namespace diemcau::mcu
