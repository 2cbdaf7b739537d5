#pragma once
// The few things a recorder asks of a disk, behind an interface so that tests can make it full,
// slow or broken at any byte. Blocking: only the record thread and start-up recovery call it.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace diemcau::recording {

/// Errors of all calls: disk.full (full; ENOSPC, EDQUOT), disk.error (io), and where said
/// recording.not_found (not_found).
class DiskFile {
 public:
  virtual ~DiskFile() = default;
  /// All bytes or an error; what part of them is then on disk is unknown.
  virtual Result<void> write_at(std::uint64_t offset, std::span<const std::uint8_t> bytes) = 0;
  /// Bytes read: fewer than asked only at the end of the file.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> into) = 0;
  /// What was written before is on the medium, length included (fdatasync).
  virtual Result<void> sync() = 0;
  virtual Result<void> truncate(std::uint64_t size) = 0;
  virtual Result<std::uint64_t> size() = 0;
};

class Disk {
 public:
  virtual ~Disk() = default;
  virtual Result<void> create_folder(const std::filesystem::path& folder) = 0;
  /// A new empty file; one that exists is an error. Its name is on the medium when this returns.
  virtual Result<std::unique_ptr<DiskFile>> create(const std::filesystem::path& file) = 0;
  /// For reading and writing. Also recording.not_found.
  virtual Result<std::unique_ptr<DiskFile>> open(const std::filesystem::path& file) = 0;
  /// Puts `content` in the place of `file` as one act: after a crash it is the old or the new.
  virtual Result<void> replace(const std::filesystem::path& file, std::string_view content) = 0;
  /// Adds one line, on the medium when this returns.
  virtual Result<void> append_line(const std::filesystem::path& file, std::string_view line) = 0;
  virtual Result<void> remove(const std::filesystem::path& file) = 0;
  /// In the same folder; never takes the place of a file. Also recording.exists (conflict).
  virtual Result<void> rename(const std::filesystem::path& from,
                              const std::filesystem::path& to) = 0;
  /// Bytes an ordinary program may still write there.
  virtual Result<std::uint64_t> free_bytes(const std::filesystem::path& folder) = 0;
};

/// POSIX files.
std::shared_ptr<Disk> real_disk();

/// Whole text file of at most `limit` bytes. Errors: recording.not_found, disk.error.
Result<std::string> read_text(const std::filesystem::path& file, std::size_t limit = 16u << 20);

}  // namespace diemcau::recording
