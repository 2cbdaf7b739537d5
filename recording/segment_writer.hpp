#pragma once
// One file being recorded: fragments behind a small header, then an ordinary MP4. Thread: record-C.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "recording/disk.hpp"
#include "recording/mp4/fragment.hpp"
#include "recording/mp4_file.hpp"

namespace diemcau::recording {

class SegmentWriter {
 public:
  /// Creates the file at once, with its first 48 bytes. Errors: disk.*.
  static Result<std::unique_ptr<SegmentWriter>> create(Disk& disk, std::filesystem::path path);

  const std::filesystem::path& path() const noexcept { return path_; }
  bool begun() const noexcept { return !movie_.tracks.empty(); }
  const mp4::Movie& movie() const noexcept { return movie_; }

  /// Writes the header; once, before the first sample.
  Result<void> begin(mp4::Movie movie);

  /// Keeps a sample for the next fragment. `track` by index in the movie; `dts` and `duration` in
  /// its timescale; the duration of the sample before is corrected to end here.
  void add(std::size_t track, std::uint64_t dts, std::uint32_t duration, bool sync,
           std::span<const std::uint8_t> data);
  bool pending() const noexcept;
  std::size_t pending_bytes() const noexcept;

  /// Writes what is pending as one fragment; it is on the medium when this returns success. After
  /// an error only finish() may follow.
  Result<void> flush();

  /// Makes it an ordinary MP4 of all fragments that were flushed. Cost: the index, never the data.
  Result<void> finish();

  /// What is on the medium, playable.
  Duration durable_length() const { return movie_time(mp4::movie_duration(movie_, tables_)); }
  std::uint64_t bytes() const noexcept { return end_; }
  bool empty() const noexcept { return sequence_ == 0; }
  /// About what finish() will append.
  std::uint64_t index_bytes() const noexcept;

 private:
  SegmentWriter(std::unique_ptr<DiskFile> file, std::filesystem::path path, std::uint64_t end)
      : file_(std::move(file)), path_(std::move(path)), end_(end) {}

  std::unique_ptr<DiskFile> file_;
  std::filesystem::path path_;
  std::uint64_t end_;  // of the last whole fragment; the file's size once finished
  std::uint32_t sequence_ = 0;
  mp4::Movie movie_;
  std::vector<mp4::SampleTable> tables_;
  std::vector<mp4::TrackRun> runs_;              // pending, by track
  std::vector<std::vector<std::uint8_t>> data_;  // pending, by track
};

}  // namespace diemcau::recording
