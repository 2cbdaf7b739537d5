#pragma once
// What a crash left, made whole: run for every folder at start-up, before anything records.

#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "recording/disk.hpp"
#include "recording/sidecar.hpp"

namespace diemcau::recording {

struct RecoveryReport {
  RecordingId id;
  Sidecar sidecar;              // afterwards
  bool changed = false;         // false: there was nothing to do
  std::uint64_t cut_bytes = 0;  // of fragments that were not whole
};

/// Finishes every unfinished file of one recording and brings recording.json up to date (or makes
/// it anew from the files, should it be missing or damaged). Removes a file only when nothing in it
/// was ever whole; where the medium is damaged, what can still be read stays (`problem`:
/// recording.damaged), and a file that nothing tells how to play is set aside under another name.
/// May be stopped at any moment and run again; a second run changes nothing. Errors:
/// recording.in_use, recording.not_found, disk.*.
Result<RecoveryReport> recover_folder(Disk& disk, const std::filesystem::path& folder,
                                      const Clock& clock);

/// All folders below `recordings`. One that fails is logged and does not stop the others.
std::vector<RecoveryReport> recover_all(Disk& disk, const std::filesystem::path& recordings,
                                        const Clock& clock);

/// The recordings' folders, by name. Empty when there is none.
std::vector<std::filesystem::path> recording_folders(const std::filesystem::path& recordings);
/// The files of one recording that are there, in order.
std::vector<std::string> segment_files(const std::filesystem::path& folder);
/// Those set aside as damaged.
std::vector<std::string> damaged_files(const std::filesystem::path& folder);

}  // namespace diemcau::recording
