#pragma once
// Sessions behind the cookie: 256 random bits, of which only the hash is stored. A session lives
// twelve hours from its last use and ends with its account or token. Any thread; blocking (one
// indexed read; at most one write in five minutes).

#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/storage/database.hpp"
#include "signaling/auth/account_store.hpp"
#include "signaling/auth/device_store.hpp"
#include "signaling/auth/identity.hpp"
#include "signaling/auth/token_store.hpp"

namespace diemcau::signaling {

inline constexpr std::chrono::hours kSessionLifetime{12};

class SessionStore {
 public:
  SessionStore(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  /// The cookie's value (43 characters of base64url): never logged.
  Result<std::string> create(const Account& account);
  /// For a page opened by a link that carries a token; ends with the token at the latest.
  Result<std::string> create(const Token& token);
  Result<std::string> create(const Device& device);

  /// Who is behind the cookie now: role, unit and name as the account has them at this moment.
  /// Errors: auth.no_session (unauthorized): unknown, expired, revoked, account disabled, all
  /// alike.
  Result<Identity> resolve(std::string_view cookie);

  /// Signing out. Unknown cookies are no error.
  Result<void> revoke(std::string_view cookie);
  Result<void> revoke_all(const AccountId& account);
  /// Removes what has expired; call it now and then.
  Result<void> remove_expired();

 private:
  /// One of the three is set.
  Result<std::string> insert(const std::string& account, const std::string& token,
                             const std::string& device);

  Database& database_;
  const Clock& clock_;
};

}  // namespace diemcau::signaling
