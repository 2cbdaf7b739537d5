#pragma once
// A recording's file as HTTP serves it.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "base/result.hpp"
#include "recording/byte_range.hpp"
#include "recording/file_descriptor.hpp"

namespace diemcau::recording {

/// Any thread, one at a time; reading blocks on the disk.
class MediaFile {
 public:
  static constexpr std::string_view kContentType = "video/mp4";

  /// A regular file, never through a symbolic link. Size and tag are of this moment: a file still
  /// being recorded is served up to here. Errors: recording.not_found, disk.error.
  static Result<MediaFile> open(const std::filesystem::path& path);

  std::uint64_t size() const noexcept { return size_; }
  /// Strong validator with its quotes (RFC 9110 §8.8.3).
  const std::string& etag() const noexcept { return etag_; }
  /// IMF-fixdate (RFC 9110 §5.6.7).
  const std::string& last_modified() const noexcept { return last_modified_; }

  /// Bytes read into `into`, fewer than asked only at the end of the file.
  Result<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> into) const;
  /// For sendfile; owned by this object.
  int fd() const noexcept { return fd_.get(); }

  /// What to answer: the Range header counts only while If-Range, when there is one, names this
  /// very file (RFC 9110 §13.1.5).
  ByteRange range_for(std::string_view range, std::string_view if_range) const;
  /// True when If-None-Match names this file: 304 (RFC 9110 §13.1.2).
  bool not_modified(std::string_view if_none_match) const;

 private:
  MediaFile(FileDescriptor fd, std::uint64_t size, std::string etag, std::string last_modified)
      : fd_(std::move(fd)),
        size_(size),
        etag_(std::move(etag)),
        last_modified_(std::move(last_modified)) {}

  FileDescriptor fd_;
  std::uint64_t size_ = 0;
  std::string etag_;
  std::string last_modified_;
};

}  // namespace diemcau::recording
