#include "base/storage/database.hpp"

#include <algorithm>
#include <atomic>
#include <vector>

#include <fcntl.h>
#include <soci/connection-pool.h>
#include <soci/soci.h>
#include <unistd.h>

#include "base/storage/connection.hpp"

namespace diemcau {

struct Database::Impl {
  Impl(storage::Address where, std::size_t connections, std::chrono::milliseconds wait)
      : address(std::move(where)), patience(wait), pool(connections), broken(connections) {}

  storage::Address address;
  std::chrono::milliseconds patience;
  soci::connection_pool pool;
  // A connection that failed is opened afresh by its next user, so that a restart of the database
  // server is not a restart of ours.
  std::vector<std::atomic<bool>> broken;
};

std::string database_url(const std::filesystem::path& data, const std::string& url) {
  return url.empty() ? "sqlite:" + (data / "diemcau.db").string() : url;
}

Result<std::unique_ptr<Database>> Database::open(const DatabaseOptions& options) {
  auto address = storage::parse_address(options.url);
  if (!address) return address.error();
  const std::size_t connections = std::max<std::size_t>(options.connections, 1);
  try {
    if (address->dialect == Dialect::sqlite) {
      const auto folder = std::filesystem::path(address->target).parent_path();
      if (!folder.empty()) std::filesystem::create_directories(folder);
    }
    auto impl = std::make_unique<Impl>(*address, connections, options.patience);
    for (std::size_t i = 0; i < connections; ++i) {
      storage::open_connection(impl->pool.at(i), impl->address, options.patience);
    }
    return std::unique_ptr<Database>(new Database(std::move(impl)));
  } catch (...) {
    // libpq's message names host and user, never the password.
    Error error = storage::error_from_exception();
    if (error.kind == Errc::busy) return error;
    return make_error(Errc::io, "storage.open", "cannot open the database: " + error.detail);
  }
}

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::~Database() = default;

Dialect Database::dialect() const noexcept {
  return impl_->address.dialect;
}

Error Database::current_error() {
  return storage::error_from_exception();
}

Result<void> Database::copy_to(const std::filesystem::path& file) {
  if (dialect() != Dialect::sqlite) {
    return make_error(Errc::unsupported, "storage.unsupported",
                      "a PostgreSQL database is backed up with pg_dump");
  }
  if (std::filesystem::exists(file)) {
    return make_error(Errc::conflict, "storage.exists", file.string() + " is already there");
  }
  auto copied = run([&](soci::session& session) {
    const std::string target = file.string();
    session << "VACUUM INTO :target", soci::use(target);
  });
  if (!copied) return copied;
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  if (!synced) return make_error(Errc::io, "storage.failed", "the copy could not be flushed");
  return {};
}

Database::Lease::Lease(Database& database, Mode mode) : database_(database) {
  Impl& impl = *database.impl_;
  if (!impl.pool.try_lease(slot_, static_cast<int>(impl.patience.count()))) {
    throw storage::NoFreeConnection();
  }
  session_ = &impl.pool.at(slot_);
  try {
    if (impl.broken[slot_].exchange(false)) {
      session_->close();
      storage::open_connection(*session_, impl.address, impl.patience);
    }
    if (mode == Mode::transaction) {
      storage::begin_writing(*session_, impl.address.dialect);
      open_ = true;
    }
  } catch (...) {
    bool lost = false;
    storage::error_from_exception(&lost);
    if (lost || !session_->is_connected()) impl.broken[slot_] = true;
    impl.pool.give_back(slot_);
    throw;
  }
}

Database::Lease::~Lease() {
  Impl& impl = *database_.impl_;
  if (open_) {
    try {
      *session_ << "ROLLBACK";
    } catch (...) {
      impl.broken[slot_] = true;  // nobody else may find himself inside this transaction
    }
  }
  if (!session_->is_connected()) impl.broken[slot_] = true;
  impl.pool.give_back(slot_);
}

void Database::Lease::commit() {
  if (!open_) return;
  *session_ << "COMMIT";
  open_ = false;
}

}  // namespace diemcau
