#pragma once
// The recordings as lists and pages show them. The folders are the truth (recording.json and the
// files); the database is their index, rebuilt from them at start. Blocking, any thread.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/storage/database.hpp"
#include "recording/chapters.hpp"
#include "recording/disk.hpp"
#include "recording/media_file.hpp"
#include "recording/recorder.hpp"
#include "recording/sidecar.hpp"

namespace diemcau::recording {

struct RecordingEntry {
  RecordingId id;
  MeetingId meeting;
  WallTime started{};
  std::optional<WallTime> ended;
  Duration length{};
  std::uint64_t bytes = 0;
  RecorderState state = RecorderState::recording;
  /// RecorderStatus::problem, or "recording.missing" when its folder is gone.
  std::string problem;
  bool recovered = false;
  int files = 0;

  bool operator==(const RecordingEntry&) const = default;
};

/// A fresh id: the UTC date and time, and chance. Good as a folder's name and in a URL.
RecordingId new_recording_id(WallTime now);
/// Letters, digits, '-' and '_', 1 to 64: what may become part of a path.
bool is_recording_id(std::string_view text);

class Catalogue {
 public:
  /// `folder`: <data>/recordings. `database` is borrowed.
  Catalogue(Database& database, std::filesystem::path folder,
            std::shared_ptr<Disk> disk = real_disk());

  static const Schema& schema();  // recording/migrations.cpp

  std::filesystem::path folder_of(const RecordingId& id) const { return folder_ / id.value; }
  const std::filesystem::path& folder() const noexcept { return folder_; }

  /// A recorder started: its folder is there.
  Result<void> begin(const RecordingId& id, const MeetingId& meeting, WallTime started);
  /// What the recorder says of itself; cheap enough for every few seconds.
  Result<void> update(const RecordingId& id, const RecorderStatus& status);
  /// The recorder ended: takes over what recording.json says.
  Result<void> end(const RecordingId& id);

  /// Errors of the following: recording.not_found.
  Result<RecordingEntry> find(const RecordingId& id) const;
  /// Newest first; of one meeting, or all when it is empty. At most 1000 at a time.
  Result<std::vector<RecordingEntry>> list(const MeetingId& meeting = {}, std::size_t limit = 100,
                                           std::size_t offset = 0) const;

  /// A chapter or the like, durable when this returns. Kept in the folder and in the database.
  /// Errors: recording.bad_mark (kind beyond 32 bytes or empty, text beyond 2048, unit beyond 64).
  Result<void> add_mark(const RecordingId& id, const Mark& mark);
  Result<std::vector<Mark>> marks(const RecordingId& id) const;
  /// In order, those behind the end left out.
  Result<std::vector<Chapter>> chapters(const RecordingId& id) const;
  /// WebVTT, for /chapters.vtt.
  Result<std::string> chapters_vtt(const RecordingId& id) const;

  /// The files in order of time, with their place on the timeline.
  Result<std::vector<SegmentInfo>> segments(const RecordingId& id) const;
  /// File `part`, from 1. A running recording is served up to what is on disk.
  Result<MediaFile> open_media(const RecordingId& id, std::size_t part = 1) const;

  /// Makes the database say what the folders say; to be run at start, after recovery. Returns how
  /// many entries changed.
  Result<std::size_t> reconcile();

 private:
  Result<void> store(const RecordingEntry& entry);
  Result<Sidecar> sidecar_of(const RecordingId& id) const;

  Database& database_;
  std::filesystem::path folder_;
  std::shared_ptr<Disk> disk_;
};

}  // namespace diemcau::recording
