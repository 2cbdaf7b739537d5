#pragma once
// The index of one track, grown sample by sample while recording (4 to 12 bytes each) or rebuilt
// from the fragments on disk; at the end it becomes the `stbl` of the finished file.

#include <cstdint>
#include <optional>
#include <vector>

#include "recording/mp4/box_writer.hpp"
#include "recording/mp4/track.hpp"

namespace diemcau::recording::mp4 {

class SampleTable {
 public:
  /// Samples added from now on follow each other in the file from `offset`.
  void begin_chunk(std::uint64_t offset) { pending_chunk_ = offset; }
  /// `dts` in the track's timescale; made strictly increasing. The duration of the last sample is
  /// its own `duration`, of every other the distance to its successor, so a pause stays a pause.
  void add(std::uint32_t size, std::uint64_t dts, std::uint32_t duration, bool sync);

  std::size_t samples() const noexcept { return sizes_.size(); }
  std::uint64_t first_dts() const noexcept { return first_dts_; }
  /// End of the last sample.
  std::uint64_t end_dts() const noexcept { return last_dts_ + last_duration_; }
  /// From the first sample's start to the last one's end.
  std::uint64_t duration() const noexcept { return samples() == 0 ? 0 : end_dts() - first_dts_; }

  /// `stbl` of a finished file: stsd, stts, stss, stsc, stsz, stco or co64.
  void write(BoxWriter& out, const Track& track) const;

 private:
  struct TimeRun {
    std::uint32_t count;
    std::uint32_t delta;
  };
  struct ChunkRun {
    std::uint32_t first_chunk;  // from 1
    std::uint32_t samples;
  };
  void start_pending_chunk();
  void end_chunk(std::vector<ChunkRun>& runs) const;
  void append_delta(std::vector<TimeRun>& runs, std::uint32_t delta) const;

  std::vector<std::uint32_t> sizes_;
  std::vector<TimeRun> times_;  // of all samples but the last
  std::vector<std::uint32_t> sync_;
  std::vector<std::uint64_t> chunks_;
  std::vector<ChunkRun> chunk_runs_;
  std::optional<std::uint64_t> pending_chunk_;
  std::uint32_t in_chunk_ = 0;
  std::uint64_t first_dts_ = 0;
  std::uint64_t last_dts_ = 0;
  std::uint32_t last_duration_ = 0;
};

}  // namespace diemcau::recording::mp4
