#pragma once
// How often a PIN may be tried at a link. Three bounds, so that it can neither be guessed nor used
// to keep a site out of its meeting:
// - one address at one link: few tries, then one a minute, whoever it is;
// - an address's first two tries at a link draw from a store of their own, which no address that
//   goes on guessing can empty: a site that knows its PIN gets in while others guess;
// - all further tries at a link, from wherever, are held to two a minute.
// So one link takes at most 14 wrong guesses a minute from any number of addresses, a million PINs.
// Time is passed in. Any thread.

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "signaling/token_bucket.hpp"

namespace diemcau::mcu {

class PinThrottle {
 public:
  struct Limits {
    double tries = 5;  // of one address at one link, at once; then one every `refill`
    std::chrono::seconds refill{60};
    double first_tries = 30;  // of all addresses that are new at a link
    std::chrono::seconds first_refill{5};
    double further_tries = 30;  // of all others at a link
    std::chrono::seconds further_refill{30};
    std::size_t remembered = 10'000;  // pairs of link and address, and as many links
  };

  PinThrottle() : PinThrottle(Limits()) {}
  explicit PinThrottle(Limits limits) : limits_(limits) {}

  /// Counts one try. Zero: go on. Else how long this address waits; then the PIN is not looked at.
  std::chrono::seconds ask(const std::string& link, const std::string& address, TimePoint now);
  /// A right PIN ends the count of that address there.
  void succeeded(const std::string& link, const std::string& address);
  /// Of a link whose PIN was made anew: what was guessed before is worth nothing.
  void forget(const std::string& link);

 private:
  using Bucket = signaling::TokenBucket;
  struct Visitor {
    Bucket tries;
    int made = 0;
  };
  struct Door {
    Bucket first, further;
  };
  Visitor* visitor(const std::string& link, const std::string& address, TimePoint now);
  Door* door(const std::string& link, TimePoint now);

  Limits limits_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Visitor> visitors_;
  std::map<std::string, Door> doors_;
};

}  // namespace diemcau::mcu
