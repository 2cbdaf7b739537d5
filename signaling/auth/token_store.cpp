#include "signaling/auth/token_store.hpp"

#include <soci/soci.h>

#include "base/storage/wall_time.hpp"
#include "signaling/auth/secret.hpp"

namespace diemcau::signaling {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kPrefix = "dc_";
constexpr std::chrono::seconds kShortest = 1min;
constexpr std::chrono::seconds kLongest = 24h * 366;

Error bad_token() {
  return make_error(Errc::unauthorized, "auth.bad_token",
                    "the token is unknown, expired or revoked");
}

bool has_token_form(std::string_view secret) {
  return secret.size() == kPrefix.size() + kSecretLength && secret.starts_with(kPrefix);
}

/// `condition` is one of ours, with the one parameter :value.
std::vector<Token> select(soci::session& session, const std::string& condition,
                          const std::string& value) {
  Token row;
  std::string role;
  long long created = 0, expires = 0;
  int revoked = 0;
  soci::statement rows =
      (session.prepare << "SELECT id, meeting_id, unit, role, name, created_at, expires_at, revoked"
                          " FROM tokens WHERE " +
                              condition + " ORDER BY created_at, id",
       soci::use(value, "value"), soci::into(row.id), soci::into(row.meeting.value),
       soci::into(row.unit.value), soci::into(role), soci::into(row.name), soci::into(created),
       soci::into(expires), soci::into(revoked));
  std::vector<Token> out;
  rows.execute();
  while (rows.fetch()) {
    row.role = role_from(role).value_or(Role::viewer);
    row.created_at = from_microseconds(created);
    row.expires_at = from_microseconds(expires);
    row.revoked = revoked != 0;
    out.push_back(row);
  }
  return out;
}

}  // namespace

Identity identity_of(const Token& token) {
  Identity identity;
  identity.role = token.role;
  identity.unit = token.unit;
  identity.name = token.name;
  identity.token_id = token.id;
  identity.meeting = token.meeting;
  return identity;
}

Result<MintedToken> TokenStore::mint(const NewToken& wanted) {
  if (wanted.role == Role::admin) {
    return make_error(Errc::invalid_argument, "token.bad_role",
                      "a token never carries the role admin");
  }
  if (wanted.ttl < kShortest || wanted.ttl > kLongest) {
    return make_error(Errc::invalid_argument, "token.bad_ttl",
                      "a token lives 1 minute to 366 days");
  }
  MintedToken minted;
  minted.secret = std::string(kPrefix) + random_secret();
  Token& token = minted.token;
  token.id = random_readable(16);
  token.meeting = wanted.meeting;
  token.unit = wanted.unit;
  token.role = wanted.role;
  token.name = wanted.name;
  token.created_at = clock_.wall();
  token.expires_at = token.created_at + wanted.ttl;
  auto stored = database_.transact([&](soci::session& session) {
    const std::string hash = hash_secret(minted.secret);
    const std::string role(name_of(token.role));
    const long long created = to_microseconds(token.created_at);
    const long long expires = to_microseconds(token.expires_at);
    session << "INSERT INTO tokens (id, secret_hash, meeting_id, unit, role, name, created_at,"
               " expires_at, revoked)"
               " VALUES (:id, :hash, :meeting, :unit, :role, :name, :created, :expires, 0)",
        soci::use(token.id), soci::use(hash), soci::use(token.meeting.value),
        soci::use(token.unit.value), soci::use(role), soci::use(token.name), soci::use(created),
        soci::use(expires);
  });
  if (!stored) return stored.error();
  return minted;
}

Result<Token> TokenStore::resolve(std::string_view secret) const {
  if (!has_token_form(secret)) return bad_token();
  const std::string hash = hash_secret(secret);
  auto found = database_.run(
      [&](soci::session& session) { return select(session, "secret_hash = :value", hash); });
  if (!found) return found.error();
  if (found->empty() || found->front().revoked || found->front().expires_at <= clock_.wall()) {
    return bad_token();
  }
  return found->front();
}

Result<Token> TokenStore::extend(std::string_view id, std::chrono::seconds ttl) {
  if (ttl < kShortest || ttl > kLongest) {
    return make_error(Errc::invalid_argument, "token.bad_ttl",
                      "a token lives 1 minute to 366 days");
  }
  const std::string wanted(id);
  const long long expires = to_microseconds(clock_.wall() + ttl);
  return database_.transact([&](soci::session& session) -> Result<Token> {
    session << "UPDATE tokens SET expires_at = :expires"
               " WHERE id = :id AND revoked = 0 AND expires_at < :same",
        soci::use(expires), soci::use(wanted), soci::use(expires);
    auto found = select(session, "id = :value", wanted);
    if (found.empty() || found.front().revoked) {
      return make_error(Errc::not_found, "token.not_found", "there is no such token");
    }
    return std::move(found.front());
  });
}

Result<void> TokenStore::revoke(std::string_view id) {
  const std::string wanted(id);
  return database_.transact([&](soci::session& session) -> Result<void> {
    if (select(session, "id = :value", wanted).empty()) {
      return make_error(Errc::not_found, "token.not_found", "there is no such token");
    }
    session << "UPDATE tokens SET revoked = 1 WHERE id = :id", soci::use(wanted);
    return {};
  });
}

Result<std::vector<Token>> TokenStore::list(const MeetingId& meeting) const {
  return database_.run([&](soci::session& session) {
    return select(session, "meeting_id = :value", meeting.value);
  });
}

}  // namespace diemcau::signaling
