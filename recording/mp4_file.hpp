#pragma once
// One MP4 file on disk, as a reader or a finisher sees it.

#include <cstdint>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "recording/disk.hpp"
#include "recording/mp4/movie.hpp"
#include "recording/mp4/sample_table.hpp"

namespace diemcau::recording {

struct ScannedFile {
  enum class State {
    foreign,     // not begun by us
    empty,       // ours, but not one whole fragment
    damaged,     // ours, with more in it than a crash leaves, but nothing tells how to play it
    unfinished,  // fragments, to be finished
    finished,    // an ordinary MP4
  };
  State state = State::foreign;
  mp4::Movie movie;
  std::vector<mp4::SampleTable> tables;  // by index of movie.tracks; unfinished only
  /// Behind the last whole fragment; the file's end where more follows it than a crash leaves.
  std::uint64_t data_end = 0;
  std::uint64_t size = 0;  // of the file as found
  bool gap = false;        // a stretch that no crash explains cannot be read: the medium is damaged
  std::uint64_t fragments = 0;
};

/// Reads headers only, and the data of the last fragment, whose checksum decides whether it counts:
/// every earlier one was on the medium before the next was begun. Where one cannot be read, what
/// follows it is searched for the next that can. Errors: disk.*.
Result<ScannedFile> scan_mp4(DiskFile& file);

/// Turns a file of fragments into an ordinary MP4 without touching its data: cuts what is behind
/// `data_end`, appends the index, and only when that is on the medium patches the front. May stop
/// at any byte and be run again. Errors: disk.*. Returns the new size.
Result<std::uint64_t> finish_mp4(DiskFile& file, const mp4::Movie& movie,
                                 const std::vector<mp4::SampleTable>& tables,
                                 std::uint64_t data_end);

struct RecoveredFile {
  ScannedFile::State found = ScannedFile::State::foreign;
  Duration length{};            // of the playable file
  std::uint64_t size = 0;       // bytes, afterwards
  std::uint64_t cut_bytes = 0;  // behind the last whole fragment
  bool gap = false;             // ScannedFile::gap: what is damaged is kept, and passed over
};

/// Scan and finish; a finished, foreign or damaged file is left as it is.
Result<RecoveredFile> recover_mp4(DiskFile& file);

/// How many fragments before `data_end` differ from their checksum; reads everything. A stretch
/// that cannot be read as fragments counts as one. Errors: disk.*.
Result<std::uint64_t> damaged_fragments(DiskFile& file, std::uint64_t data_end);

/// Length of a finished file, from its movie header. Errors: recording.damaged, disk.*.
Result<Duration> finished_length(DiskFile& file);

/// Movie ticks to time.
constexpr Duration movie_time(std::uint64_t ticks) {
  return std::chrono::seconds(ticks / mp4::kMovieTimescale) +
         Duration(ticks % mp4::kMovieTimescale * 1'000'000'000ull / mp4::kMovieTimescale);
}

}  // namespace diemcau::recording
