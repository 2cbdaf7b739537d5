#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "recording/disk.hpp"
#include "recording/file_descriptor.hpp"

namespace diemcau::recording {
namespace {

Error os_error(std::string_view what, const std::filesystem::path& where, int code = errno) {
  const std::string detail =
      std::string(what) + " " + where.string() + ": " + std::system_category().message(code);
  if (code == ENOSPC || code == EDQUOT) return make_error(Errc::full, "disk.full", detail);
  if (code == EEXIST) return make_error(Errc::conflict, "recording.exists", detail);
  if (code == ENOENT) return make_error(Errc::not_found, "recording.not_found", detail);
  return make_error(Errc::io, "disk.error", detail);
}

/// A name is on the medium only once its folder is.
Result<void> sync_folder(const std::filesystem::path& folder) {
  const FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return os_error("fsync", folder);
  return {};
}

Result<void> write_all(int fd, std::uint64_t offset, std::span<const std::uint8_t> bytes,
                       const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return os_error("write", path, n == 0 ? ENOSPC : errno);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return {};
}

std::span<const std::uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

class PosixFile final : public DiskFile {
 public:
  PosixFile(FileDescriptor fd, std::filesystem::path path)
      : fd_(std::move(fd)), path_(std::move(path)) {}

  Result<void> write_at(std::uint64_t offset, std::span<const std::uint8_t> bytes) override {
    return write_all(fd_.get(), offset, bytes, path_);
  }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> into) override {
    std::size_t done = 0;
    while (done < into.size()) {
      const ssize_t n = ::pread(fd_.get(), into.data() + done, into.size() - done,
                                static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return os_error("read", path_);
      if (n == 0) break;
      done += static_cast<std::size_t>(n);
    }
    return done;
  }
  Result<void> sync() override {
    if (::fdatasync(fd_.get()) != 0) return os_error("fdatasync", path_);
    return {};
  }
  Result<void> truncate(std::uint64_t size) override {
    if (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) return os_error("truncate", path_);
    return {};
  }
  Result<std::uint64_t> size() override {
    struct stat st {};
    if (::fstat(fd_.get(), &st) != 0) return os_error("stat", path_);
    return static_cast<std::uint64_t>(st.st_size);
  }

 private:
  FileDescriptor fd_;
  std::filesystem::path path_;
};

class PosixDisk final : public Disk {
 public:
  Result<void> create_folder(const std::filesystem::path& folder) override {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return os_error("mkdir", folder, error.value());
    return sync_folder(folder.parent_path());
  }
  Result<std::unique_ptr<DiskFile>> create(const std::filesystem::path& file) override {
    FileDescriptor fd(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
    if (!fd) return os_error("create", file);
    if (auto synced = sync_folder(file.parent_path()); !synced) return synced.error();
    return std::unique_ptr<DiskFile>(std::make_unique<PosixFile>(std::move(fd), file));
  }
  Result<std::unique_ptr<DiskFile>> open(const std::filesystem::path& file) override {
    FileDescriptor fd(::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    if (!fd) return os_error("open", file);
    return std::unique_ptr<DiskFile>(std::make_unique<PosixFile>(std::move(fd), file));
  }
  Result<void> replace(const std::filesystem::path& file, std::string_view content) override {
    const std::filesystem::path fresh = file.string() + ".new";
    {
      const FileDescriptor fd(
          ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
      if (!fd) return os_error("create", fresh);
      if (auto done = write_all(fd.get(), 0, as_bytes(content), fresh); !done) return done;
      if (::fsync(fd.get()) != 0) return os_error("fsync", fresh);
    }
    if (::rename(fresh.c_str(), file.c_str()) != 0) return os_error("rename", fresh);
    return sync_folder(file.parent_path());
  }
  Result<void> append_line(const std::filesystem::path& file, std::string_view line) override {
    const FileDescriptor fd(::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0640));
    struct stat st {};
    if (!fd || ::fstat(fd.get(), &st) != 0) return os_error("open", file);
    // A line torn by a crash must not swallow this one.
    char last = '\n';
    if (st.st_size > 0 && ::pread(fd.get(), &last, 1, st.st_size - 1) != 1)
      return os_error("read", file);
    const std::string text = (last == '\n' ? "" : "\n") + std::string(line) + "\n";
    const ssize_t n = ::write(fd.get(), text.data(), text.size());
    if (n < 0) return os_error("write", file);
    if (static_cast<std::size_t>(n) != text.size()) return os_error("write", file, ENOSPC);
    if (::fsync(fd.get()) != 0) return os_error("fsync", file);
    return sync_folder(file.parent_path());
  }
  Result<void> remove(const std::filesystem::path& file) override {
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) return os_error("remove", file);
    return {};
  }
  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0)
      return os_error("rename", from);
    return sync_folder(to.parent_path());
  }
  Result<std::uint64_t> free_bytes(const std::filesystem::path& folder) override {
    struct statvfs st {};
    if (::statvfs(folder.c_str(), &st) != 0) return os_error("statvfs", folder);
    return static_cast<std::uint64_t>(st.f_bavail) * st.f_frsize;
  }
};

}  // namespace

std::shared_ptr<Disk> real_disk() {
  static const auto disk = std::make_shared<PosixDisk>();
  return disk;
}

Result<std::string> read_text(const std::filesystem::path& file, std::size_t limit) {
  const FileDescriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return os_error("open", file);
  std::string text;
  char buffer[16384];
  for (;;) {
    const ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return os_error("read", file);
    if (n == 0) return text;
    text.append(buffer, static_cast<std::size_t>(n));
    if (text.size() > limit) return os_error("read", file, EFBIG);
  }
}

}  // namespace diemcau::recording
