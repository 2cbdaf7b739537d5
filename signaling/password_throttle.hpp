#pragma once
// How often somebody may try a password: per account and per address, so that neither one account
// can be guessed from everywhere nor all accounts from one place. Time is passed in. Any thread.

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "signaling/token_bucket.hpp"

namespace diemcau::signaling {

class PasswordThrottle {
 public:
  struct Limits {
    double per_account = 8;  // at once; then one every `account_refill`
    std::chrono::seconds account_refill{30};
    double per_address = 60;  // a whole building signs in from one address
    std::chrono::seconds address_refill{2};
    std::size_t remembered = 10000;  // of each kind
  };

  PasswordThrottle() : PasswordThrottle(Limits()) {}
  explicit PasswordThrottle(Limits limits) : limits_(limits) {}

  /// Counts one attempt; false when there were too many: then the password is not even looked at.
  bool allow(std::string_view account, std::string_view address, TimePoint now);
  /// A right password ends the account's count, so that a busy account locks nobody out.
  void succeeded(std::string_view account);

 private:
  using Buckets = std::map<std::string, TokenBucket, std::less<>>;
  static bool take(Buckets& buckets, std::string_view key, const TokenBucket& fresh,
                   std::size_t limit, TimePoint now);

  Limits limits_;
  std::mutex mutex_;
  Buckets accounts_, addresses_;
};

}  // namespace diemcau::signaling
