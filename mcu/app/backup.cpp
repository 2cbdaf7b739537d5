#include "mcu/app/backup.hpp"

#include <array>
#include <fstream>
#include <map>
#include <system_error>

#include <boost/json.hpp>
#include <sodium.h>

#include "mcu/app/stores.hpp"
#include "recording/disk.hpp"
#include "recording/recovery.hpp"
#include "recording/sidecar.hpp"

namespace diemcau::mcu {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::string_view kManifest = "backup.json";
constexpr std::int64_t kFormat = 1;

Error failed(const std::string& what) {
  return make_error(Errc::io, "backup.failed", what);
}
Error damaged(const std::string& what) {
  return make_error(Errc::invalid_argument, "backup.damaged", "the backup is damaged: " + what);
}

/// BLAKE2b-256 in hex; empty when the file cannot be read.
std::string hash_file(const fs::path& file) {
  if (sodium_init() < 0) return {};
  std::ifstream in(file, std::ios::binary);
  if (!in) return {};
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, 32);
  std::vector<char> buffer(1u << 20);
  while (in) {
    in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(buffer.data()),
                              static_cast<unsigned long long>(in.gcount()));
  }
  if (in.bad()) return {};
  std::array<unsigned char, 32> hash{};
  crypto_generichash_final(&state, hash.data(), hash.size());
  std::array<char, 65> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  return std::string(hex.data(), 64);
}

/// Removes a half-made folder unless keep() was reached.
class Unfinished {
 public:
  explicit Unfinished(std::vector<fs::path> paths) : paths_(std::move(paths)) {}
  ~Unfinished() {
    std::error_code ignored;
    for (const fs::path& path : paths_) fs::remove_all(path, ignored);
  }
  void keep() { paths_.clear(); }

 private:
  std::vector<fs::path> paths_;
};

bool link_or_copy(const fs::path& from, const fs::path& to, bool may_link, std::error_code& error) {
  if (may_link) {
    fs::create_hard_link(from, to, error);
    if (!error) return true;  // else another file system, or one without links
  }
  return fs::copy_file(from, to, error);
}

/// Empty when it is still being made, or unreadable.
bool is_finished(const fs::path& folder) {
  auto sidecar = recording::read_sidecar(folder);
  return sidecar && sidecar->state != recording::RecorderState::recording &&
         sidecar->state != recording::RecorderState::finishing;
}

Result<void> copy_recording(const fs::path& folder, const fs::path& to, bool may_link) {
  std::error_code error;
  fs::create_directories(to, error);
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (!entry.is_regular_file() || entry.is_symlink()) continue;
    const bool media = recording::is_segment_name(entry.path().filename().string());
    std::error_code copy_error;
    if (!link_or_copy(entry.path(), to / entry.path().filename(), may_link && media, copy_error)) {
      return failed("cannot copy " + entry.path().string() + ": " + copy_error.message());
    }
  }
  if (error) return failed("cannot read " + folder.string() + ": " + error.message());
  return {};
}

/// What is removed or still on its way in meanwhile is no part of it.
Result<void> copy_documents(const fs::path& from, const fs::path& to) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(from, error)) {
    if (!entry.is_regular_file() || entry.is_symlink()) continue;
    std::error_code copy_error;
    const bool copied = link_or_copy(entry.path(), to / entry.path().filename(), true, copy_error);
    if (!copied && fs::exists(entry.path()))
      return failed("cannot copy " + entry.path().string() + ": " + copy_error.message());
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return failed("cannot read " + from.string() + ": " + error.message());
  return {};
}

/// Every file below `root` but the manifest, by its relative path.
std::map<std::string, fs::path> files_below(const fs::path& root) {
  std::map<std::string, fs::path> out;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(root, error)) {
    if (!entry.is_regular_file() || entry.is_symlink()) continue;
    const std::string name = fs::relative(entry.path(), root).generic_string();
    if (name != kManifest) out.emplace(name, entry.path());
  }
  return out;
}

Result<std::uint64_t> write_manifest(const fs::path& root, const Clock& clock) {
  json::array files;
  std::uint64_t bytes = 0;
  for (const auto& [name, path] : files_below(root)) {
    const std::uint64_t size = fs::file_size(path);
    files.push_back({{"name", name}, {"bytes", size}, {"blake2b", hash_file(path)}});
    bytes += size;
  }
  const json::object manifest{{"format", kFormat},
                              {"made_at", clock.wall().time_since_epoch().count()},
                              {"files", std::move(files)}};
  auto written = recording::real_disk()->replace(root / kManifest, json::serialize(manifest));
  if (!written) return failed(written.error().detail);
  return bytes;
}

/// All files of the manifest, each found whole. No other file counts.
Result<std::vector<std::string>> check_manifest(const fs::path& root, BackupReport& report) {
  auto text = recording::read_text(root / kManifest);
  if (!text) {
    return make_error(Errc::invalid_argument, "backup.not_one",
                      root.string() + " is not a finished backup");
  }
  const auto here = files_below(root);
  std::vector<std::string> names;
  try {
    const json::value manifest = json::parse(*text);
    if (manifest.at("format").to_number<std::int64_t>() != kFormat) {
      return make_error(Errc::invalid_argument, "backup.not_one",
                        "the backup is of a newer program");
    }
    for (const json::value& file : manifest.at("files").as_array()) {
      const std::string name(file.at("name").as_string());
      const auto found = here.find(name);  // also keeps names inside the folder
      if (found == here.end()) return damaged(name + " is missing");
      if (hash_file(found->second) != std::string_view(file.at("blake2b").as_string())) {
        return damaged(name + " has changed");
      }
      report.bytes += fs::file_size(found->second);
      names.push_back(name);
    }
  } catch (const std::exception&) {
    return damaged("its backup.json cannot be read");
  }
  return names;
}

}  // namespace

Result<BackupReport> make_backup(Database& database, const fs::path& data, const fs::path& to,
                                 const Clock& clock) {
  if (fs::exists(to)) {
    return make_error(Errc::conflict, "backup.exists", to.string() + " is already there");
  }
  // Made beside its place and renamed at the end: a backup that is there is a whole one.
  fs::path partial = to;
  partial += ".partial";
  Unfinished unfinished({partial});
  std::error_code error;
  fs::remove_all(partial, error);
  fs::create_directories(partial / "recordings", error);
  if (error) return failed("cannot create " + partial.string() + ": " + error.message());
  fs::permissions(partial, fs::perms::owner_all, error);  // it holds the accounts
  if (auto copied = database.copy_to(partial / "diemcau.db"); !copied) return copied.error();

  BackupReport report;
  for (const fs::path& folder : recording::recording_folders(recordings_folder(data))) {
    if (!is_finished(folder)) {
      report.left_out.push_back(folder.filename().string());
      continue;
    }
    auto copied = copy_recording(folder, partial / "recordings" / folder.filename(), true);
    if (!copied) return copied.error();
    ++report.recordings;
  }
  fs::create_directories(partial / "documents", error);
  if (auto copied = copy_documents(documents_folder(data), partial / "documents"); !copied)
    return copied.error();
  auto bytes = write_manifest(partial, clock);
  if (!bytes) return bytes.error();
  report.bytes = *bytes;
  fs::rename(partial, to, error);
  if (error) return failed("cannot finish " + to.string() + ": " + error.message());
  unfinished.keep();
  return report;
}

Result<BackupReport> restore_backup(const fs::path& from, const fs::path& data) {
  for (const char* name : {"diemcau.db", "recordings", "documents"}) {
    const fs::path there = data / name;
    if (fs::exists(there) && !(fs::is_directory(there) && fs::is_empty(there))) {
      return make_error(Errc::conflict, "backup.exists",
                        there.string() + " is already there; restore into an empty folder");
    }
  }
  BackupReport report;
  auto names = check_manifest(from, report);
  if (!names) return names.error();

  const fs::path partial = data / ".restore";
  Unfinished unfinished({partial});
  std::error_code error;
  fs::remove_all(partial, error);
  fs::create_directories(partial / "recordings", error);
  fs::create_directories(partial / "documents", error);
  for (const std::string& name : *names) {
    fs::create_directories((partial / name).parent_path(), error);
    // Copied, not linked: the database is written again.
    if (!fs::copy_file(from / name, partial / name, error)) {
      return failed("cannot write " + (partial / name).string() + ": " + error.message());
    }
  }
  report.recordings = recording::recording_folders(partial / "recordings").size();
  for (const char* folder : {"recordings", "documents"}) {
    fs::remove(data / folder, error);
    fs::rename(partial / folder, data / folder, error);
    if (error) break;
  }
  // The database last: it is what makes the folder a server's.
  if (!error) fs::rename(partial / "diemcau.db", data / "diemcau.db", error);
  if (error) return failed("cannot finish in " + data.string() + ": " + error.message());
  return report;
}

}  // namespace diemcau::mcu
