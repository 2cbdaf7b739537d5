#pragma once
// recording.json beside the files: what the folder holds, readable without any database. Marks
// (chapters) are lines of marks.jsonl, so that adding one never rewrites what others write.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "recording/disk.hpp"
#include "recording/recorder.hpp"

namespace diemcau::recording {

/// One file of a recording, in order of time.
struct SegmentInfo {
  std::string file;   // name inside the folder
  Duration start{};   // since the recording's first media
  Duration length{};  // zero while it is written
  std::uint64_t bytes = 0;

  bool operator==(const SegmentInfo&) const = default;
};

struct Sidecar {
  RecordingId id;
  MeetingId meeting;
  RecorderState state = RecorderState::recording;
  WallTime started{};                     // the command
  std::optional<WallTime> media_started;  // the first picture or sound: zero of the timeline
  std::optional<WallTime> ended;
  std::string problem;     // last one met, even if it passed
  bool recovered = false;  // finished by recovery, not by a stop
  std::vector<SegmentInfo> segments;

  Duration length() const {
    return segments.empty() ? Duration{} : segments.back().start + segments.back().length;
  }
  std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (const auto& segment : segments) sum += segment.bytes;
    return sum;
  }
  bool operator==(const Sidecar&) const = default;
};

/// What happened while it was recorded. Of a kind that lasts ("floor") the end is a mark of its own
/// ("floor_end").
struct Mark {
  WallTime at{};       // for people: the clock may have been set meanwhile
  std::string kind;    // "agenda", "floor", "vote", "vote_result", "roll_call", each or with "_end"
  std::string text;    // the title, name or question itself; UTF-8
  std::string unit{};  // code of who speaks, or empty
  int item = 0;        // position of the agenda's item then; 0: none
  std::optional<Duration>
      position{};  // since the recording's first media; none: reckoned from `at`

  bool operator==(const Mark&) const = default;
};

std::string_view name_of(RecorderState state);

std::string to_json(const Sidecar& sidecar);
/// Errors: recording.bad_sidecar.
Result<Sidecar> sidecar_from_json(std::string_view json);

/// Errors: recording.not_found, recording.bad_sidecar, disk.*.
Result<Sidecar> read_sidecar(const std::filesystem::path& folder);
Result<void> write_sidecar(Disk& disk, const std::filesystem::path& folder, const Sidecar&);

Result<void> append_mark(Disk& disk, const std::filesystem::path& folder, const Mark& mark);
/// In order of time; a line torn by a crash is left out. None without the file.
std::vector<Mark> read_marks(const std::filesystem::path& folder);

/// "0001.mp4"
std::string segment_name(std::size_t number);
/// True for what segment_name gives.
bool is_segment_name(std::string_view name);
/// "0001.mp4.damaged": of a file that recovery found and could not make playable.
std::string damaged_name(std::string_view segment_name);
bool is_damaged_name(std::string_view name);

}  // namespace diemcau::recording
