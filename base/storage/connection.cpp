#include "base/storage/connection.hpp"

#include <filesystem>
#include <string_view>
#include <thread>

#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>

namespace diemcau::storage {
namespace {

using namespace std::chrono_literals;

Error error_from_sqlite(const soci::sqlite3_soci_error& error) {
  switch (error.result() & 0xff) {  // the primary code; the rest is detail
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return make_error(Errc::busy, "storage.busy", "the database is busy");
    case SQLITE_CONSTRAINT:
      return make_error(Errc::conflict, "storage.constraint", error.what());
    case SQLITE_FULL:
      return make_error(Errc::io, "storage.full", "the disk is full");
    default:
      return make_error(Errc::io, "storage.failed", error.what());
  }
}

Error error_from_postgresql(const soci::postgresql_soci_error& error, bool* lost) {
  const std::string state = error.sqlstate();
  const std::string_view kind = std::string_view(state).substr(0, 2);
  if (kind == "08" || kind == "57") {  // connection; shutting down, cancelled
    if (lost != nullptr) *lost = true;
    return make_error(Errc::io, "storage.lost", "the connection to the database is lost");
  }
  if (kind == "40" || kind == "55" || kind == "53") {  // rolled back, lock not to be had, resources
    return make_error(Errc::busy, "storage.busy", "the database is busy");
  }
  if (kind == "23" || state == "P0001") {  // a constraint, or a trigger of ours that refuses
    return make_error(Errc::conflict, "storage.constraint", error.what());
  }
  return make_error(Errc::io, "storage.failed", error.what());
}

void open_sqlite(soci::session& session, const std::string& file,
                 std::chrono::milliseconds patience) {
  // SOCI splits its connection string at spaces, and quotes keep a path with spaces whole.
  const long long seconds = std::chrono::ceil<std::chrono::seconds>(patience).count();
  session.open(soci::sqlite3, "db=\"" + file + "\" timeout=" + std::to_string(seconds));
  session << "PRAGMA busy_timeout = " + std::to_string(patience.count());
  // Changing the journal does not honour the busy time-out, and several programs may start at once.
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    try {
      std::string mode;
      session << "PRAGMA journal_mode = WAL", soci::into(mode);
      break;
    } catch (const soci::sqlite3_soci_error& error) {
      const int code = error.result() & 0xff;
      if ((code != SQLITE_BUSY && code != SQLITE_LOCKED) ||
          std::chrono::steady_clock::now() > deadline) {
        throw;
      }
      std::this_thread::sleep_for(20ms);
    }
  }
  session << "PRAGMA synchronous = FULL";
  session << "PRAGMA foreign_keys = ON";
}

void open_postgresql(soci::session& session, const std::string& target,
                     std::chrono::milliseconds patience) {
  session.open(soci::postgresql, target);
  const std::string ms = std::to_string(patience.count());
  session << "SET lock_timeout = " + ms;
  session << "SET client_min_messages = warning";
  session << "SET synchronous_commit = on";
  session << "SET TIME ZONE 'UTC'";
}

}  // namespace

Result<Address> parse_address(const std::string& url) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (url.starts_with(kSqlite)) {
    std::string file = url.substr(kSqlite.size());
    if (file.starts_with("///")) file.erase(0, 2);  // sqlite:///var/lib/… as others write it
    if (file.empty() || file.find('"') != std::string::npos) {
      return make_error(Errc::invalid_argument, "storage.bad_url",
                        "the database address names no usable file");
    }
    return Address{Dialect::sqlite, std::move(file)};
  }
  if (url.starts_with("postgresql://") || url.starts_with("postgres://")) {
    return Address{Dialect::postgresql, url};
  }
  return make_error(Errc::invalid_argument, "storage.bad_url",
                    "the database address must begin with sqlite: or postgresql://");
}

void open_connection(soci::session& session, const Address& address,
                     std::chrono::milliseconds patience) {
  if (address.dialect == Dialect::sqlite) {
    open_sqlite(session, address.target, patience);
  } else {
    open_postgresql(session, address.target, patience);
  }
}

void begin_writing(soci::session& session, Dialect dialect) {
  // SQLite's default takes the write lock at the first write, when it is too late to wait for it.
  session << (dialect == Dialect::sqlite ? "BEGIN IMMEDIATE" : "BEGIN");
}

Error error_from_exception(bool* lost) {
  try {
    throw;
  } catch (const soci::sqlite3_soci_error& error) {
    return error_from_sqlite(error);
  } catch (const soci::postgresql_soci_error& error) {
    return error_from_postgresql(error, lost);
  } catch (const soci::soci_error& error) {
    if (lost != nullptr && error.get_error_category() == soci::soci_error::connection_error) {
      *lost = true;
    }
    return make_error(Errc::io, "storage.failed", error.what());
  } catch (const NoFreeConnection& error) {
    return make_error(Errc::busy, "storage.busy", error.what());
  } catch (const std::exception& error) {
    return make_error(Errc::internal, "storage.internal", error.what());
  }
}

}  // namespace diemcau::storage
