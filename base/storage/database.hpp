#pragma once
// The database: SQLite by default, PostgreSQL when the province outgrows one machine. One SQL for
// both: BIGINT, TEXT, no AUTOINCREMENT, INSERT … ON CONFLICT; moments are BIGINT microseconds since
// 1970 UTC, booleans BIGINT 0 or 1.
//
// Blocking, callable from any thread: callers on an I/O thread run it on a blocking pool. Several
// programs may have the same database open at once (the command line works while the server runs).

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/storage/migration.hpp"

namespace soci {
class session;
}

namespace diemcau {

struct DatabaseOptions {
  /// "sqlite:/path/diemcau.db" or "postgresql://user@host/name" (also "postgres://…").
  std::string url;
  std::size_t connections = 4;
  /// How long to wait for another writer, or for a free connection, before Errc::busy.
  std::chrono::milliseconds patience{5000};
};

/// "sqlite:<data>/diemcau.db", unless `url` says otherwise.
std::string database_url(const std::filesystem::path& data, const std::string& url = {});

class Database {
 public:
  /// Opens the connections; creates the SQLite file and its folder. SQLite runs with WAL,
  /// synchronous=FULL (what was acknowledged survives a power cut) and foreign keys.
  /// Errors: storage.bad_url (invalid_argument), storage.open (io).
  static Result<std::unique_ptr<Database>> open(const DatabaseOptions& options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Dialect dialect() const noexcept;

  /// Brings one module's tables up to date, each migration in a transaction of its own; safe when
  /// several programs start at once. Errors: storage.newer (conflict): the database was written by
  /// a newer program, and this one refuses to touch it.
  Result<void> migrate(const Schema& schema);

  /// fn(soci::session&) on a leased connection, outside a transaction unless it opens one.
  /// `fn` returns void, T or Result<T>; run returns Result<T>. SOCI's exceptions become Error:
  /// storage.busy (busy), storage.constraint (conflict), storage.failed (io).
  template <class F>
  auto run(F&& fn) {
    return call([&](soci::session& session) { return fn(session); }, Lease::Mode::plain);
  }
  /// The same inside one writing transaction: committed when `fn` succeeds, rolled back when it
  /// returns an error or throws. Durable when this returns success. Do not nest.
  template <class F>
  auto transact(F&& fn) {
    return call([&](soci::session& session) { return fn(session); }, Lease::Mode::transaction);
  }

  /// SQLite: a consistent copy into a new file while others read and write. PostgreSQL:
  /// storage.unsupported (its own pg_dump is the tool).
  Result<void> copy_to(const std::filesystem::path& file);

 private:
  class Lease {
   public:
    enum class Mode { plain, transaction };
    Lease(Database& database, Mode mode);  // throws
    ~Lease();                              // rolls back what was not committed
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    soci::session& session() noexcept { return *session_; }
    void commit();  // throws

   private:
    Database& database_;
    std::size_t slot_ = 0;
    soci::session* session_ = nullptr;
    bool open_ = false;
  };
  struct Impl;

  explicit Database(std::unique_ptr<Impl> impl);
  /// Inside a catch block only.
  static Error current_error();

  template <class T>
  struct Flat {
    using type = Result<T>;
  };
  template <class T>
  struct Flat<Result<T>> {
    using type = Result<T>;
  };

  template <class F>
  auto call(F fn, Lease::Mode mode) ->
      typename Flat<std::invoke_result_t<F, soci::session&>>::type {
    using Returned = std::invoke_result_t<F, soci::session&>;
    try {
      Lease lease(*this, mode);
      if constexpr (std::is_void_v<Returned>) {
        fn(lease.session());
        lease.commit();
        return {};
      } else if constexpr (std::is_same_v<typename Flat<Returned>::type, Returned>) {
        Returned result = fn(lease.session());
        if (result) lease.commit();
        return result;
      } else {
        Result<Returned> result = fn(lease.session());
        lease.commit();
        return result;
      }
    } catch (...) {
      return current_error();
    }
  }

  std::unique_ptr<Impl> impl_;
};

}  // namespace diemcau
