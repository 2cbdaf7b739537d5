#include "base/storage/migration.hpp"

#include <chrono>
#include <string>

#include <soci/soci.h>

#include "base/storage/database.hpp"

namespace diemcau {
namespace {

// Any constant of our own: PostgreSQL's lock that makes migrating one at a time.
constexpr const char* kLockSql = "SELECT pg_advisory_xact_lock(7301968230)";

constexpr const char* kLedgerSql =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    " module TEXT NOT NULL, number BIGINT NOT NULL, name TEXT NOT NULL, applied_at BIGINT NOT NULL,"
    " PRIMARY KEY (module, number))";

int applied(soci::session& session, const std::string& module) {
  int number = 0;
  session << "SELECT COALESCE(MAX(number), 0) FROM schema_migrations WHERE module = :module",
      soci::use(module), soci::into(number);
  return number;
}

void apply(soci::session& session, Dialect dialect, const std::string& module,
           const Migration& migration) {
  for (const Statement& statement : migration.statements) {
    if (!statement.only || *statement.only == dialect) session << std::string(statement.sql);
  }
  const std::string name(migration.name);
  const long long now = std::chrono::duration_cast<std::chrono::microseconds>(
                            std::chrono::system_clock::now().time_since_epoch())
                            .count();
  session << "INSERT INTO schema_migrations (module, number, name, applied_at)"
             " VALUES (:module, :number, :name, :now)",
      soci::use(module), soci::use(migration.number), soci::use(name), soci::use(now);
}

Error newer(const std::string& module, int found, int known) {
  return make_error(Errc::conflict, "storage.newer",
                    "the database was written by a newer version of this program (" + module +
                        " is at " + std::to_string(found) + ", this program knows " +
                        std::to_string(known) + "): install the newer program again");
}

}  // namespace

Result<void> Database::migrate(const Schema& schema) {
  const std::string module(schema.module);
  const int known = schema.migrations.empty() ? 0 : schema.migrations.back().number;
  for (;;) {
    // One step per transaction. What is due is read inside it: another program may be at it too.
    auto done = transact([&](soci::session& session) -> Result<bool> {
      if (dialect() == Dialect::postgresql) session << kLockSql;
      session << kLedgerSql;
      const int found = applied(session, module);
      if (found > known) return newer(module, found, known);
      for (const Migration& migration : schema.migrations) {
        if (migration.number == found + 1) {
          apply(session, dialect(), module, migration);
          return migration.number == known;
        }
      }
      return true;
    });
    if (!done) return done.error();
    if (*done) return {};
  }
}

}  // namespace diemcau
