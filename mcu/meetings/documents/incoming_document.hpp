#pragma once
// A document on its way in: written beside its place, counted and hashed piece by piece. One
// thread at a time; blocking.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"
#include "mcu/meetings/documents/document.hpp"
#include "recording/file_descriptor.hpp"

namespace diemcau::mcu {

class IncomingDocument {
 public:
  /// A new file in `folder`. Errors: disk.error, disk.full.
  static Result<std::unique_ptr<IncomingDocument>> create(const std::filesystem::path& folder,
                                                          NewDocument wanted, std::uint64_t most);
  /// Removes the file, unless it was moved to its place.
  ~IncomingDocument();
  IncomingDocument(const IncomingDocument&) = delete;
  IncomingDocument& operator=(const IncomingDocument&) = delete;

  /// Errors: document.too_large, disk.full, disk.error.
  Result<void> write(std::span<const char> piece);
  /// All of it is on the medium; no more may be written. Errors: document.empty, disk.*.
  Result<void> finish();
  /// Puts it in its place as one act.
  Result<void> move_to(const std::filesystem::path& place);

  const NewDocument& wanted() const noexcept { return wanted_; }
  const std::filesystem::path& path() const noexcept { return path_; }
  std::uint64_t size() const noexcept { return size_; }
  const std::string& sha256() const noexcept { return sha256_; }  // after finish()

 private:
  struct Hash;
  IncomingDocument(recording::FileDescriptor fd, std::filesystem::path path, NewDocument wanted,
                   std::uint64_t most);

  recording::FileDescriptor fd_;
  std::filesystem::path path_;
  NewDocument wanted_;
  std::uint64_t most_ = 0, size_ = 0;
  std::unique_ptr<Hash> hash_;
  std::string sha256_;
};

}  // namespace diemcau::mcu
