#include "signaling/auth/account_store.hpp"

namespace diemcau::signaling {

const Schema& AccountStore::schema() {
  static const Schema schema{
      "auth",
      {{1,
        "accounts, tokens, sessions",
        {{"CREATE TABLE accounts ("
          " id TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE, display_name TEXT NOT NULL,"
          " role TEXT NOT NULL, unit TEXT NOT NULL, password_hash TEXT NOT NULL,"
          " disabled BIGINT NOT NULL, created_at BIGINT NOT NULL)"},
         {"CREATE TABLE tokens ("
          " id TEXT PRIMARY KEY, secret_hash TEXT NOT NULL UNIQUE, meeting_id TEXT NOT NULL,"
          " unit TEXT NOT NULL, role TEXT NOT NULL, name TEXT NOT NULL, created_at BIGINT NOT NULL,"
          " expires_at BIGINT NOT NULL, revoked BIGINT NOT NULL)"},
         {"CREATE INDEX tokens_by_meeting ON tokens (meeting_id, created_at)"},
         // Exactly one of account_id and token_id is set; the other is empty.
         {"CREATE TABLE sessions ("
          " secret_hash TEXT PRIMARY KEY, account_id TEXT NOT NULL, token_id TEXT NOT NULL,"
          " created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL)"},
         {"CREATE INDEX sessions_by_account ON sessions (account_id)"},
         {"CREATE INDEX sessions_by_expiry ON sessions (expires_at)"}}},
       {2,
        "enrolled devices",
        {{"CREATE TABLE devices ("
          " id TEXT PRIMARY KEY, secret_hash TEXT NOT NULL UNIQUE, unit TEXT NOT NULL,"
          " name TEXT NOT NULL, unit_name TEXT NOT NULL, enrolled_by TEXT NOT NULL,"
          " enrolled_at BIGINT NOT NULL, seen_at BIGINT NOT NULL)"},
         {"CREATE TABLE device_requests ("
          " secret_hash TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, device_id TEXT NOT NULL,"
          " address TEXT NOT NULL, browser TEXT NOT NULL, asked_at BIGINT NOT NULL,"
          " expires_at BIGINT NOT NULL)"},
         // Set instead of account_id and token_id.
         {"ALTER TABLE sessions ADD COLUMN device_id TEXT NOT NULL DEFAULT ''"},
         {"CREATE INDEX sessions_by_device ON sessions (device_id)"}}}}};
  return schema;
}

}  // namespace diemcau::signaling
