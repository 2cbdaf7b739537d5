#include "signaling/password_throttle.hpp"

namespace diemcau::signaling {

bool PasswordThrottle::allow(std::string_view account, std::string_view address, TimePoint now) {
  const std::lock_guard lock(mutex_);
  const TokenBucket account_bucket(limits_.per_account,
                                   1.0 / static_cast<double>(limits_.account_refill.count()));
  const TokenBucket address_bucket(limits_.per_address,
                                   1.0 / static_cast<double>(limits_.address_refill.count()));
  // The address first: who is stopped there must not eat up somebody's account.
  return take(addresses_, address, address_bucket, limits_.remembered, now) &&
         take(accounts_, account, account_bucket, limits_.remembered, now);
}

void PasswordThrottle::succeeded(std::string_view account) {
  const std::lock_guard lock(mutex_);
  const auto it = accounts_.find(account);
  if (it != accounts_.end()) accounts_.erase(it);
}

bool PasswordThrottle::take(Buckets& buckets, std::string_view key, const TokenBucket& fresh,
                            std::size_t limit, TimePoint now) {
  auto it = buckets.find(key);
  if (it == buckets.end()) {
    // Full buckets carry no memory. If all are in use somebody tries very many names: refuse.
    if (buckets.size() >= limit)
      for (auto old = buckets.begin(); old != buckets.end();)
        old = old->second.full(now) ? buckets.erase(old) : std::next(old);
    if (buckets.size() >= limit) return false;
    it = buckets.emplace(std::string(key), fresh).first;
  }
  return it->second.take(now);
}

}  // namespace diemcau::signaling
