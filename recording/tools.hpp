#pragma once
// What `diemcau recording list|verify|recover|export` does; the words are the command line's.

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "recording/disk.hpp"
#include "recording/mp4_file.hpp"
#include "recording/recovery.hpp"

namespace diemcau::recording {

struct ListedRecording {
  std::filesystem::path folder;
  Result<Sidecar> sidecar;
};
/// Read from the folders, so that it works without the database and while the server runs.
std::vector<ListedRecording> list_recordings(const std::filesystem::path& recordings);

struct FileCheck {
  std::string file;
  ScannedFile::State state = ScannedFile::State::foreign;
  std::uint64_t samples = 0;
  Duration length{};
  /// One English sentence each; empty for a sound file. An unfinished file is no problem by itself.
  std::vector<std::string> problems;
};

/// Walks the boxes and the sample tables of one file: every sample must lie inside it and inside
/// its media data, and the tables must agree in number. `deep` also reads all data and compares the
/// fragments' checksums. Errors: disk.*.
Result<FileCheck> verify_file(DiskFile& file, bool deep);

struct Verification {
  std::vector<FileCheck> files;
  std::vector<std::string> problems;  // of the folder as a whole
  bool sound() const;
};
/// Errors: recording.not_found, disk.*.
Result<Verification> verify_recording(Disk& disk, const std::filesystem::path& folder, bool deep);

/// Copies the files out: one recording of one file becomes `target`; of several, `target` gets
/// "-1", "-2" … before its extension, in order of time. Nothing that exists is overwritten, and no
/// half copy keeps its name. Errors: recording.not_found, recording.unfinished (conflict),
/// recording.exists (conflict), disk.*.
Result<std::vector<std::filesystem::path>> export_recording(Disk& disk,
                                                            const std::filesystem::path& folder,
                                                            const std::filesystem::path& target);

}  // namespace diemcau::recording
