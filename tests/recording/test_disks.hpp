#pragma once
// Disks that misbehave on command.

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "recording/disk.hpp"

namespace diemcau::recording::test {

/// A file in memory whose power can be cut after so many more written bytes.
class MemoryFile final : public DiskFile {
 public:
  explicit MemoryFile(std::vector<std::uint8_t> bytes = {}) : bytes_(std::move(bytes)) {}

  void cut_power_after(std::uint64_t written_bytes) { budget_ = written_bytes; }
  const std::vector<std::uint8_t>& bytes() const { return bytes_; }
  std::uint64_t written() const { return written_; }
  std::uint64_t reads() const { return reads_; }
  int syncs() const { return syncs_; }
  void reset_counters() {
    written_ = reads_ = 0;
    syncs_ = 0;
  }

  Result<void> write_at(std::uint64_t offset, std::span<const std::uint8_t> bytes) override {
    if (dead_) return gone();
    std::size_t n = bytes.size();
    if (budget_ && n > *budget_) {
      n = static_cast<std::size_t>(*budget_);
      dead_ = true;
    }
    if (budget_) *budget_ -= n;
    if (bytes_.size() < offset + n) bytes_.resize(offset + n);
    std::copy_n(bytes.begin(), n, bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
    written_ += n;
    if (dead_) return gone();
    return {};
  }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> into) override {
    ++reads_;
    if (offset >= bytes_.size()) return std::size_t{0};
    const std::size_t n = std::min<std::size_t>(into.size(), bytes_.size() - offset);
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), n, into.begin());
    return n;
  }
  Result<void> sync() override {
    if (dead_) return gone();
    ++syncs_;
    return {};
  }
  Result<void> truncate(std::uint64_t size) override {
    if (dead_) return gone();
    bytes_.resize(size);
    return {};
  }
  Result<std::uint64_t> size() override { return std::uint64_t{bytes_.size()}; }

 private:
  static Error gone() { return make_error(Errc::io, "disk.error", "the power is off"); }
  std::vector<std::uint8_t> bytes_;
  std::optional<std::uint64_t> budget_;
  bool dead_ = false;
  std::uint64_t written_ = 0, reads_ = 0;
  int syncs_ = 0;
};

/// The real disk, but media files stay in memory.
class MemoryDisk final : public Disk {
 public:
  Result<void> create_folder(const std::filesystem::path& folder) override {
    return real_disk()->create_folder(folder);
  }
  Result<std::unique_ptr<DiskFile>> create(const std::filesystem::path& file) override {
    files[file] = std::make_shared<MemoryFile>();
    return open(file);
  }
  Result<std::unique_ptr<DiskFile>> open(const std::filesystem::path& file) override {
    return std::unique_ptr<DiskFile>(std::make_unique<Handle>(files.at(file)));
  }
  Result<void> replace(const std::filesystem::path& file, std::string_view content) override {
    return real_disk()->replace(file, content);
  }
  Result<void> append_line(const std::filesystem::path& file, std::string_view line) override {
    return real_disk()->append_line(file, line);
  }
  Result<void> remove(const std::filesystem::path& file) override {
    files.erase(file);
    return {};
  }
  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    auto moved = files.extract(from);
    moved.key() = to;
    files.insert(std::move(moved));
    return {};
  }
  Result<std::uint64_t> free_bytes(const std::filesystem::path&) override {
    return std::uint64_t{1} << 40;
  }
  std::map<std::filesystem::path, std::shared_ptr<MemoryFile>> files;

 private:
  struct Handle final : DiskFile {
    explicit Handle(std::shared_ptr<MemoryFile> f) : file(std::move(f)) {}
    Result<void> write_at(std::uint64_t at, std::span<const std::uint8_t> b) override {
      return file->write_at(at, b);
    }
    Result<std::size_t> read_at(std::uint64_t at, std::span<std::uint8_t> b) override {
      return file->read_at(at, b);
    }
    Result<void> sync() override { return file->sync(); }
    Result<void> truncate(std::uint64_t size) override { return file->truncate(size); }
    Result<std::uint64_t> size() override { return file->size(); }
    std::shared_ptr<MemoryFile> file;
  };
};

/// The real disk behind a gate: writes of media wait while it is closed, or fail when told so.
class GatedDisk final : public Disk {
 public:
  void close_gate() { set(true); }
  void open_gate() { set(false); }
  /// Returns once a write stands at the closed gate; false after ten seconds.
  bool wait_until_blocked() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return blocked_ > 0; });
  }
  std::atomic<bool> fail_writes{false};
  std::atomic<std::uint64_t> free{std::uint64_t{1} << 40};

  Result<void> create_folder(const std::filesystem::path& folder) override {
    return real_disk()->create_folder(folder);
  }
  Result<std::unique_ptr<DiskFile>> create(const std::filesystem::path& file) override {
    return wrap(real_disk()->create(file));
  }
  Result<std::unique_ptr<DiskFile>> open(const std::filesystem::path& file) override {
    return wrap(real_disk()->open(file));
  }
  Result<void> replace(const std::filesystem::path& file, std::string_view content) override {
    return real_disk()->replace(file, content);
  }
  Result<void> append_line(const std::filesystem::path& file, std::string_view line) override {
    return real_disk()->append_line(file, line);
  }
  Result<void> remove(const std::filesystem::path& file) override {
    return real_disk()->remove(file);
  }
  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    return real_disk()->rename(from, to);
  }
  Result<std::uint64_t> free_bytes(const std::filesystem::path&) override { return free.load(); }

 private:
  struct Handle final : DiskFile {
    Handle(std::unique_ptr<DiskFile> f, GatedDisk& d) : file(std::move(f)), disk(d) {}
    Result<void> write_at(std::uint64_t at, std::span<const std::uint8_t> b) override {
      disk.pass();
      if (disk.fail_writes) {
        (void)file->write_at(at, b.first(b.size() / 2));  // half of it got there
        return make_error(Errc::io, "disk.error", "Input/output error");
      }
      return file->write_at(at, b);
    }
    Result<std::size_t> read_at(std::uint64_t at, std::span<std::uint8_t> b) override {
      return file->read_at(at, b);
    }
    Result<void> sync() override { return file->sync(); }
    Result<void> truncate(std::uint64_t size) override { return file->truncate(size); }
    Result<std::uint64_t> size() override { return file->size(); }
    std::unique_ptr<DiskFile> file;
    GatedDisk& disk;
  };
  Result<std::unique_ptr<DiskFile>> wrap(Result<std::unique_ptr<DiskFile>> file) {
    if (!file) return file.error();
    return std::unique_ptr<DiskFile>(std::make_unique<Handle>(std::move(*file), *this));
  }
  void set(bool closed) {
    const std::lock_guard lock(mutex_);
    closed_ = closed;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    if (!closed_) return;
    ++blocked_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !closed_; });
    --blocked_;
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;
  int blocked_ = 0;
};

}  // namespace diemcau::recording::test
