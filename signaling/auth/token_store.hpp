#pragma once
// Bearer tokens for devices and tools: "dc_" and 256 random bits in base64url. Only their BLAKE2b
// hash is stored; the secret is shown once. Any thread; blocking (one indexed read).

#include <chrono>
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

struct NewToken {
  MeetingId meeting;
  UnitCode unit;
  Role role = Role::site;
  std::string name;                                  // shown: the unit's name
  std::chrono::seconds ttl = std::chrono::hours(8);  // 1 minute to 366 days
};

struct Token {
  std::string id;  // not the secret
  MeetingId meeting;
  UnitCode unit;
  Role role = Role::site;
  std::string name;
  WallTime created_at{};
  WallTime expires_at{};
  bool revoked = false;
};

struct MintedToken {
  std::string secret;  // never logged
  Token token;
};

Identity identity_of(const Token& token);

class TokenStore {
 public:
  TokenStore(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  /// A token never carries the role admin. Errors: token.bad_role, token.bad_ttl
  /// (invalid_argument).
  Result<MintedToken> mint(const NewToken& token);
  /// Errors: auth.bad_token (unauthorized): malformed, unknown, expired or revoked, all alike.
  Result<Token> resolve(std::string_view secret) const;
  /// The same token, good for `ttl` from now at least: its secret, and who signed in by it, stay as
  /// they are. Errors: token.not_found (revoked as well), token.bad_ttl.
  Result<Token> extend(std::string_view id, std::chrono::seconds ttl);
  /// Errors: token.not_found.
  Result<void> revoke(std::string_view id);
  Result<std::vector<Token>> list(const MeetingId& meeting) const;

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace diemcau::signaling
