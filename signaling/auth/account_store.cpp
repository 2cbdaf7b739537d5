#include "signaling/auth/account_store.hpp"

#include <algorithm>

#include <soci/soci.h>

#include "base/storage/wall_time.hpp"
#include "signaling/auth/password.hpp"
#include "signaling/auth/secret.hpp"

namespace diemcau::signaling {
namespace {

constexpr std::size_t kMaxDisplayName = 200;

std::string folded(std::string_view username) {
  std::string out(username);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

bool is_username(std::string_view name) {
  return name.size() >= 2 && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
                  c == '-';
         });
}

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Error not_found() {
  return make_error(Errc::not_found, "account.not_found", "there is no such account");
}

struct Row {
  Account account;
  std::string password_hash;
};

/// `condition` is one of ours, with at most the one parameter :value.
std::vector<Row> select(soci::session& session, const std::string& condition,
                        const std::string& value) {
  Row row;
  std::string role;
  int disabled = 0;
  long long created = 0;
  soci::statement rows(session);
  rows.exchange(soci::into(row.account.id.value));
  rows.exchange(soci::into(row.account.username));
  rows.exchange(soci::into(row.account.display_name));
  rows.exchange(soci::into(role));
  rows.exchange(soci::into(row.account.unit.value));
  rows.exchange(soci::into(row.password_hash));
  rows.exchange(soci::into(disabled));
  rows.exchange(soci::into(created));
  if (!condition.empty()) rows.exchange(soci::use(value, "value"));
  rows.alloc();
  rows.prepare(
      "SELECT id, username, display_name, role, unit, password_hash, disabled, created_at"
      " FROM accounts " +
      condition + " ORDER BY username");
  rows.define_and_bind();
  std::vector<Row> out;
  rows.execute();
  while (rows.fetch()) {
    row.account.role = role_from(role).value_or(Role::viewer);
    row.account.disabled = disabled != 0;
    row.account.created_at = from_microseconds(created);
    out.push_back(row);
  }
  return out;
}

Result<Account> only(Result<std::vector<Row>> rows) {
  if (!rows) return rows.error();
  if (rows->empty()) return not_found();
  return rows->front().account;
}

/// Runs `change` on the account's id and ends its sessions when asked to, in one transaction.
template <class Change>
Result<void> change_account(Database& database, std::string_view username, bool end_sessions,
                            Change change) {
  const std::string name = folded(username);
  return database.transact([&](soci::session& session) -> Result<void> {
    const auto rows = select(session, "WHERE username = :value", name);
    if (rows.empty()) return not_found();
    const std::string& id = rows.front().account.id.value;
    change(session, id);
    if (end_sessions) session << "DELETE FROM sessions WHERE account_id = :id", soci::use(id);
    return {};
  });
}

}  // namespace

Identity identity_of(const Account& account) {
  Identity identity;
  identity.role = account.role;
  identity.unit = account.unit;
  identity.name = account.display_name;
  identity.account = account.id;
  return identity;
}

AccountStore::AccountStore(Database& database, const Clock& clock)
    : database_(database), clock_(clock) {}

Result<Account> AccountStore::create(const NewAccount& wanted, std::string_view password) {
  Account account;
  account.username = folded(wanted.username);
  account.display_name = wanted.display_name.empty() ? account.username : wanted.display_name;
  if (!is_username(account.username) || account.display_name.size() > kMaxDisplayName ||
      has_control_character(account.display_name)) {
    return make_error(Errc::invalid_argument, "account.bad_username",
                      "a user name is 2 to 64 of a-z, 0-9, '.', '_', '-'; a display name at most "
                      "200 bytes");
  }
  if (auto strong = check_password_strength(password); !strong) return strong.error();
  auto hash = hash_password(password);
  if (!hash) return hash.error();
  account.id = AccountId(random_readable(16));
  account.role = wanted.role;
  account.unit = wanted.unit;
  account.created_at = clock_.wall();
  auto stored = database_.transact([&](soci::session& session) {
    const std::string role(name_of(account.role));
    const long long created = to_microseconds(account.created_at);
    session << "INSERT INTO accounts (id, username, display_name, role, unit, password_hash,"
               " disabled, created_at)"
               " VALUES (:id, :username, :display_name, :role, :unit, :hash, 0, :created)",
        soci::use(account.id.value), soci::use(account.username), soci::use(account.display_name),
        soci::use(role), soci::use(account.unit.value), soci::use(*hash), soci::use(created);
  });
  if (!stored) {
    if (stored.error().kind != Errc::conflict) return stored.error();
    return make_error(Errc::conflict, "account.exists",
                      "an account named " + account.username + " is there already");
  }
  return account;
}

Result<Account> AccountStore::verify(std::string_view username, std::string_view password) {
  const std::string name = folded(username.substr(0, 65));
  auto rows = database_.run(
      [&](soci::session& session) { return select(session, "WHERE username = :value", name); });
  if (!rows) return rows.error();
  bool matches = false;
  if (rows->empty()) {
    waste_a_password_check(password);
  } else {
    matches = password_matches(rows->front().password_hash, password);
  }
  if (!matches || rows->front().account.disabled) {
    return make_error(Errc::unauthorized, "auth.bad_credentials",
                      "the user name or password is wrong");
  }
  return rows->front().account;
}

Result<Account> AccountStore::find(const AccountId& id) const {
  return only(database_.run(
      [&](soci::session& session) { return select(session, "WHERE id = :value", id.value); }));
}

Result<Account> AccountStore::find(std::string_view username) const {
  const std::string name = folded(username);
  return only(database_.run(
      [&](soci::session& session) { return select(session, "WHERE username = :value", name); }));
}

Result<std::vector<Account>> AccountStore::list() const {
  auto rows = database_.run([](soci::session& session) { return select(session, "", ""); });
  if (!rows) return rows.error();
  std::vector<Account> out;
  for (Row& row : *rows) out.push_back(std::move(row.account));
  return out;
}

Result<bool> AccountStore::empty() const {
  return database_.run([](soci::session& session) {
    long long count = 0;
    session << "SELECT COUNT(*) FROM accounts", soci::into(count);
    return count == 0;
  });
}

Result<void> AccountStore::set_disabled(std::string_view username, bool disabled) {
  return change_account(database_, username, disabled,
                        [&](soci::session& session, const std::string& id) {
                          const int value = disabled ? 1 : 0;
                          session << "UPDATE accounts SET disabled = :value WHERE id = :id",
                              soci::use(value), soci::use(id);
                        });
}

Result<void> AccountStore::set_password(std::string_view username, std::string_view password) {
  if (auto strong = check_password_strength(password); !strong) return strong.error();
  auto hash = hash_password(password);
  if (!hash) return hash.error();
  return change_account(database_, username, true,
                        [&](soci::session& session, const std::string& id) {
                          session << "UPDATE accounts SET password_hash = :hash WHERE id = :id",
                              soci::use(*hash), soci::use(id);
                        });
}

}  // namespace diemcau::signaling
