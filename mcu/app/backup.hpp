#pragma once
// A backup is a folder: diemcau.db (a consistent copy, made while the server runs), recordings/
// (every finished one; media as hard links where that is possible, since finished media never
// changes), documents/ (likewise) and backup.json, written last. Blocking.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/storage/database.hpp"

namespace diemcau::mcu {

struct BackupReport {
  std::size_t recordings = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> left_out;  // recordings still being made
};

/// `to` must not exist. What was begun is removed on an error.
/// Errors: backup.exists (conflict), backup.failed (io), storage.unsupported (PostgreSQL).
Result<BackupReport> make_backup(Database& database, const std::filesystem::path& data,
                                 const std::filesystem::path& to, const Clock& clock);

/// Checks every file against backup.json, then copies into `data`, which must hold neither a
/// database, recordings nor documents. All or nothing.
/// Errors: backup.not_one, backup.damaged (invalid_argument), backup.exists (conflict),
/// backup.failed (io).
Result<BackupReport> restore_backup(const std::filesystem::path& from,
                                    const std::filesystem::path& data);

}  // namespace diemcau::mcu
