#include "recording/recovery.hpp"

#include <algorithm>
#include <system_error>

#include "base/log.hpp"
#include "recording/folder_lock.hpp"
#include "recording/mp4/file_layout.hpp"
#include "recording/mp4_file.hpp"

namespace diemcau::recording {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDamaged = "recording.damaged";

template <class Keep>
std::vector<std::string> names_in(const fs::path& folder, Keep keep) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (keep(*it)) names.push_back(it->path().filename().string());
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> files_in(const fs::path& folder, bool (*named)(std::string_view)) {
  return names_in(folder, [&](const fs::directory_entry& entry) {
    std::error_code error;
    return entry.is_regular_file(error) && named(entry.path().filename().string());
  });
}

/// What recording.json would have said, as far as the folder itself tells.
Sidecar from_folder(const fs::path& folder, const Clock& clock) {
  Sidecar sidecar;
  sidecar.id = RecordingId(folder.filename().string());
  sidecar.started = clock.wall();
  std::error_code error;
  const auto files = segment_files(folder);
  if (!files.empty()) {
    const auto written = fs::last_write_time(folder / files.front(), error);
    if (!error)
      sidecar.started = std::chrono::time_point_cast<std::chrono::microseconds>(
          std::chrono::file_clock::to_sys(written));
  }
  return sidecar;
}

const SegmentInfo* known(const Sidecar& before, const std::string& name) {
  const auto found = std::ranges::find(before.segments, name, &SegmentInfo::file);
  return found == before.segments.end() ? nullptr : &*found;
}

/// Keeps what recording.json knew of a file; a file it did not know yet follows the one before.
SegmentInfo info_of(const Sidecar& before, const std::string& name, const Sidecar& after) {
  if (const SegmentInfo* info = known(before, name)) return *info;
  return {name, after.length(), {}, 0};
}

/// Out of the way of whoever lists and plays, whole. Where even that fails it stays where it is.
void set_aside(Disk& disk, const fs::path& file) {
  const fs::path aside = file.parent_path() / damaged_name(file.filename().string());
  const auto moved = disk.rename(file, aside);
  log::error("{}: damaged, cannot be played; kept as it is in {}: {}", file.string(),
             moved ? aside.string() : file.string(),
             moved ? "nothing of it was changed" : moved.error().detail);
}

}  // namespace

std::vector<fs::path> recording_folders(const fs::path& recordings) {
  std::vector<fs::path> folders;
  for (const auto& name : names_in(recordings, [](const fs::directory_entry& entry) {
         std::error_code error;
         return entry.is_directory(error) && !entry.is_symlink(error) &&
                entry.path().filename().string().front() != '.';
       }))
    folders.push_back(recordings / name);
  return folders;
}

std::vector<std::string> segment_files(const fs::path& folder) {
  return files_in(folder, is_segment_name);
}

std::vector<std::string> damaged_files(const fs::path& folder) {
  return files_in(folder, is_damaged_name);
}

Result<RecoveryReport> recover_folder(Disk& disk, const fs::path& folder, const Clock& clock) {
  const auto lock = FolderLock::take(folder);
  if (!lock) return lock.error();
  const auto read = read_sidecar(folder);
  const Sidecar before = read ? *read : from_folder(folder, clock);

  RecoveryReport report;
  report.id = before.id;
  Sidecar after = before;
  after.segments.clear();
  bool touched = false;
  bool damaged = !damaged_files(folder).empty();
  for (const std::string& name : segment_files(folder)) {
    auto file = disk.open(folder / name);
    if (!file) return file.error();
    const auto recovered = recover_mp4(**file);
    if (!recovered) return recovered.error();
    SegmentInfo info = info_of(before, name, after);
    switch (recovered->found) {
      case ScannedFile::State::foreign:
        log::warn("{}: not a file of ours, left alone", (folder / name).string());
        damaged = damaged || (known(before, name) && recovered->size > mp4::kMovieAt);
        continue;
      case ScannedFile::State::damaged:
        set_aside(disk, folder / name);
        damaged = touched = true;
        continue;
      case ScannedFile::State::empty:
        if (auto gone = disk.remove(folder / name); !gone) return gone.error();
        touched = true;
        continue;
      case ScannedFile::State::unfinished:
        report.cut_bytes += recovered->cut_bytes;
        if (recovered->gap) {
          log::error("{}: damaged; made whole around what cannot be read",
                     (folder / name).string());
          damaged = true;
        }
        touched = true;
        break;
      case ScannedFile::State::finished:
        break;
    }
    // What the recorder wrote of a file it finished itself is kept to the nanosecond.
    if (recovered->found == ScannedFile::State::unfinished || info.length == Duration::zero())
      info.length = recovered->length;
    info.bytes = recovered->size;
    after.segments.push_back(std::move(info));
  }
  const bool was_open =
      before.state == RecorderState::recording || before.state == RecorderState::finishing;
  if (was_open || touched) {
    after.recovered = true;
    after.state = after.segments.empty() ? RecorderState::failed : RecorderState::finished;
    if (after.segments.empty()) after.problem = "recording.empty";
  }
  if (damaged) after.problem = kDamaged;
  if (!after.ended)
    after.ended = after.media_started.value_or(after.started) +
                  std::chrono::duration_cast<std::chrono::microseconds>(after.length());
  report.changed = !read || after != before;
  if (report.changed)
    if (auto saved = write_sidecar(disk, folder, after); !saved) return saved.error();
  report.sidecar = std::move(after);
  return report;
}

std::vector<RecoveryReport> recover_all(Disk& disk, const fs::path& recordings,
                                        const Clock& clock) {
  std::vector<RecoveryReport> reports;
  for (const fs::path& folder : recording_folders(recordings)) {
    auto report = recover_folder(disk, folder, clock);
    if (!report) {
      log::error("recording {} could not be recovered: {}", folder.filename().string(),
                 report.error().detail);
      continue;
    }
    if (report->changed)
      log::warn("recording {} recovered: {} s playable, {} bytes of an unfinished piece cut off",
                report->id.str(),
                std::chrono::duration_cast<std::chrono::seconds>(report->sidecar.length()).count(),
                report->cut_bytes);
    reports.push_back(std::move(*report));
  }
  return reports;
}

}  // namespace diemcau::recording
