#pragma once
// Who writes a recording's folder. The lock is the kernel's, so it ends with its process.

#include <filesystem>

#include "base/result.hpp"
#include "recording/file_descriptor.hpp"

namespace diemcau::recording {

class FolderLock {
 public:
  FolderLock() = default;
  /// Errors: recording.in_use (conflict), recording.not_found, disk.error.
  static Result<FolderLock> take(const std::filesystem::path& folder);

 private:
  explicit FolderLock(FileDescriptor fd) : fd_(std::move(fd)) {}
  FileDescriptor fd_;
};

}  // namespace diemcau::recording
