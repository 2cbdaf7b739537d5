#pragma once
// Accounts of people. Any thread; blocking: checking a password takes a good fraction of a second
// of CPU on purpose (password.hpp), so callers limit how many run at once.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/storage/database.hpp"
#include "signaling/auth/identity.hpp"

namespace diemcau::signaling {

struct Account {
  AccountId id;
  std::string username;  // lower case, unique
  std::string display_name;
  Role role = Role::viewer;
  UnitCode unit;
  bool disabled = false;
  WallTime created_at{};
};

struct NewAccount {
  std::string username;      // 2–64 of [a-z0-9._-], folded to lower case
  std::string display_name;  // at most 200 bytes; empty: the user name
  Role role = Role::viewer;
  UnitCode unit;
};

Identity identity_of(const Account& account);

class AccountStore {
 public:
  AccountStore(Database& database, const Clock& clock);
  /// The tables of accounts, tokens and sessions.
  static const Schema& schema();

  /// Errors: account.bad_username, account.weak_password (invalid_argument: fewer than 10
  /// characters, or more than 1024 bytes), account.exists (conflict).
  Result<Account> create(const NewAccount& account, std::string_view password);

  /// One answer and one cost for an unknown user, a wrong password and a disabled account:
  /// auth.bad_credentials (unauthorized).
  Result<Account> verify(std::string_view username, std::string_view password);

  /// Errors: account.not_found.
  Result<Account> find(const AccountId& id) const;
  Result<Account> find(std::string_view username) const;
  Result<std::vector<Account>> list() const;  // by user name
  Result<bool> empty() const;

  /// Both end the account's sessions (disabling: only when true). Errors: account.not_found.
  Result<void> set_disabled(std::string_view username, bool disabled);
  Result<void> set_password(std::string_view username, std::string_view password);

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace diemcau::signaling
