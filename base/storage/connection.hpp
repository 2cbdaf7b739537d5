#pragma once
// What the two back ends do not do alike: addresses, opening, and how their errors read.

#include <chrono>
#include <stdexcept>
#include <string>

#include <soci/soci.h>

#include "base/result.hpp"
#include "base/storage/migration.hpp"

namespace diemcau::storage {

struct Address {
  Dialect dialect = Dialect::sqlite;
  std::string target;  // the file's path, or what libpq understands
};

struct NoFreeConnection : std::runtime_error {
  NoFreeConnection() : std::runtime_error("no free connection to the database") {}
};

/// Errors: storage.bad_url. The message never repeats the address, which may hold a password.
Result<Address> parse_address(const std::string& url);

/// Opens and sets up one connection. Throws soci::soci_error.
void open_connection(soci::session& session, const Address& address,
                     std::chrono::milliseconds patience);

void begin_writing(soci::session& session, Dialect dialect);

/// Inside a catch block only. `lost` is set when the connection itself is gone.
Error error_from_exception(bool* lost = nullptr);

}  // namespace diemcau::storage
