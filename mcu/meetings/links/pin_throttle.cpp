#include "mcu/meetings/links/pin_throttle.hpp"

#include <algorithm>

namespace diemcau::mcu {
namespace {

constexpr int kFirstTries = 2;

signaling::TokenBucket bucket(double at_once, std::chrono::seconds refill) {
  return {at_once, 1.0 / static_cast<double>(std::max<std::int64_t>(1, refill.count()))};
}

/// Takes out what carries no memory.
template <class Map, class IsAsNew>
void forget_as_new(Map& map, IsAsNew is_as_new) {
  for (auto it = map.begin(); it != map.end();)
    it = is_as_new(it->second) ? map.erase(it) : std::next(it);
}

}  // namespace

PinThrottle::Visitor* PinThrottle::visitor(const std::string& link, const std::string& address,
                                           TimePoint now) {
  const std::pair key(link, address);
  if (const auto found = visitors_.find(key); found != visitors_.end()) return &found->second;
  // Who has all his tries again is as good as new.
  if (visitors_.size() >= limits_.remembered)
    forget_as_new(visitors_, [now](Visitor& one) { return one.tries.full(now); });
  if (visitors_.size() >= limits_.remembered) return nullptr;
  return &visitors_.emplace(key, Visitor{bucket(limits_.tries, limits_.refill), 0}).first->second;
}

PinThrottle::Door* PinThrottle::door(const std::string& link, TimePoint now) {
  if (const auto found = doors_.find(link); found != doors_.end()) return &found->second;
  if (doors_.size() >= limits_.remembered)
    forget_as_new(doors_,
                  [now](Door& one) { return one.first.full(now) && one.further.full(now); });
  if (doors_.size() >= limits_.remembered) return nullptr;
  return &doors_
              .emplace(link, Door{bucket(limits_.first_tries, limits_.first_refill),
                                  bucket(limits_.further_tries, limits_.further_refill)})
              .first->second;
}

std::chrono::seconds PinThrottle::ask(const std::string& link, const std::string& address,
                                      TimePoint now) {
  const std::lock_guard lock(mutex_);
  Door* const here = door(link, now);
  if (here == nullptr) return limits_.refill;
  const bool known = visitors_.contains({link, address});
  Bucket& shared =
      known && visitors_.at({link, address}).made >= kFirstTries ? here->further : here->first;
  // Asked before an address is remembered: a crowd of new ones does not fill the memory.
  if (const auto wait = shared.wait(now); wait > std::chrono::seconds::zero()) return wait;
  Visitor* const who = visitor(link, address, now);
  if (who == nullptr) return limits_.refill;
  if (const auto wait = who->tries.wait(now); wait > std::chrono::seconds::zero()) return wait;
  shared.take(now);
  who->tries.take(now);
  ++who->made;
  return {};
}

void PinThrottle::succeeded(const std::string& link, const std::string& address) {
  const std::lock_guard lock(mutex_);
  visitors_.erase({link, address});
}

void PinThrottle::forget(const std::string& link) {
  const std::lock_guard lock(mutex_);
  doors_.erase(link);
  std::erase_if(visitors_, [&link](const auto& one) { return one.first.first == link; });
}

}  // namespace diemcau::mcu
