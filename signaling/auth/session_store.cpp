#include "signaling/auth/session_store.hpp"

#include <soci/soci.h>

#include "base/storage/wall_time.hpp"
#include "signaling/auth/secret.hpp"

namespace diemcau::signaling {
namespace {

using namespace std::chrono_literals;

// A use extends the session, but only when at least this much is gained: not a write per request.
constexpr auto kExtensionStep = 5min;

Error no_session() {
  return make_error(Errc::unauthorized, "auth.no_session", "sign in again");
}

struct Found {
  bool known = false;
  std::string account, token, device;
  long long expires = 0;
  Identity identity;
  bool usable = false;
};

Found look_up(soci::session& session, const std::string& hash, WallTime now) {
  Found found;
  std::string role;
  session << "SELECT account_id, token_id, device_id, expires_at FROM sessions"
             " WHERE secret_hash = :hash",
      soci::use(hash), soci::into(found.account), soci::into(found.token), soci::into(found.device),
      soci::into(found.expires);
  found.known = session.got_data();
  if (!found.known) return found;
  Identity& who = found.identity;
  if (!found.account.empty()) {
    int disabled = 0;
    session << "SELECT role, unit, display_name, disabled FROM accounts WHERE id = :id",
        soci::use(found.account), soci::into(role), soci::into(who.unit.value),
        soci::into(who.name), soci::into(disabled);
    found.usable = session.got_data() && disabled == 0;
    who.account = AccountId(found.account);
  } else if (!found.device.empty()) {
    role = name_of(Role::site);
    session << "SELECT unit, unit_name FROM devices WHERE id = :id", soci::use(found.device),
        soci::into(who.unit.value), soci::into(who.name);
    found.usable = session.got_data();
    who.device = found.device;
  } else {
    int revoked = 0;
    long long expires = 0;
    std::string meeting;
    session
        << "SELECT role, unit, name, meeting_id, expires_at, revoked FROM tokens WHERE id = :id",
        soci::use(found.token), soci::into(role), soci::into(who.unit.value), soci::into(who.name),
        soci::into(meeting), soci::into(expires), soci::into(revoked);
    found.usable = session.got_data() && revoked == 0 && expires > to_microseconds(now);
    who.token_id = found.token;
    who.meeting = MeetingId(meeting);
  }
  const auto known_role = role_from(role);
  found.usable = found.usable && known_role && found.expires > to_microseconds(now);
  if (known_role) who.role = *known_role;
  return found;
}

}  // namespace

Result<std::string> SessionStore::create(const Account& account) {
  return insert(account.id.value, "", "");
}

Result<std::string> SessionStore::create(const Token& token) {
  return insert("", token.id, "");
}

Result<std::string> SessionStore::create(const Device& device) {
  return insert("", "", device.id);
}

Result<std::string> SessionStore::insert(const std::string& account, const std::string& token,
                                         const std::string& device) {
  const std::string secret = random_secret();
  auto stored = database_.transact([&](soci::session& session) {
    const std::string hash = hash_secret(secret);
    const long long created = to_microseconds(clock_.wall());
    const long long expires = to_microseconds(clock_.wall() + kSessionLifetime);
    session << "INSERT INTO sessions (secret_hash, account_id, token_id, device_id, created_at,"
               " expires_at) VALUES (:hash, :account, :token, :device, :created, :expires)",
        soci::use(hash), soci::use(account), soci::use(token), soci::use(device),
        soci::use(created), soci::use(expires);
  });
  if (!stored) return stored.error();
  return secret;
}

Result<Identity> SessionStore::resolve(std::string_view cookie) {
  if (cookie.size() != kSecretLength) return no_session();
  const std::string hash = hash_secret(cookie);
  const WallTime now = clock_.wall();
  auto found = database_.run([&](soci::session& session) { return look_up(session, hash, now); });
  if (!found) return found.error();
  if (!found->known || !found->usable) return no_session();
  const WallTime extended = now + kSessionLifetime;
  if (extended - from_microseconds(found->expires) >= kExtensionStep) {
    // A write that finds the database busy does not sign anybody out: the next use tries again.
    (void)database_.transact([&](soci::session& session) {
      const long long expires = to_microseconds(extended);
      session << "UPDATE sessions SET expires_at = :expires WHERE secret_hash = :hash",
          soci::use(expires), soci::use(hash);
    });
  }
  return found->identity;
}

Result<void> SessionStore::revoke(std::string_view cookie) {
  const std::string hash = hash_secret(cookie);
  return database_.transact([&](soci::session& session) {
    session << "DELETE FROM sessions WHERE secret_hash = :hash", soci::use(hash);
  });
}

Result<void> SessionStore::revoke_all(const AccountId& account) {
  return database_.transact([&](soci::session& session) {
    session << "DELETE FROM sessions WHERE account_id = :id", soci::use(account.value);
  });
}

Result<void> SessionStore::remove_expired() {
  return database_.transact([&](soci::session& session) {
    const long long now = to_microseconds(clock_.wall());
    session << "DELETE FROM sessions WHERE expires_at <= :now", soci::use(now);
  });
}

}  // namespace diemcau::signaling
