#include "recording/mp4/sample_table.hpp"

#include <algorithm>
#include <limits>

namespace diemcau::recording::mp4 {
namespace {

constexpr std::uint64_t kMax32 = std::numeric_limits<std::uint32_t>::max();

}  // namespace

void SampleTable::start_pending_chunk() {
  end_chunk(chunk_runs_);
  chunks_.push_back(*pending_chunk_);
  pending_chunk_.reset();
  in_chunk_ = 0;
}

void SampleTable::end_chunk(std::vector<ChunkRun>& runs) const {
  if (in_chunk_ == 0 || (!runs.empty() && runs.back().samples == in_chunk_)) return;
  runs.push_back({static_cast<std::uint32_t>(chunks_.size()), in_chunk_});
}

void SampleTable::append_delta(std::vector<TimeRun>& runs, std::uint32_t delta) const {
  if (!runs.empty() && runs.back().delta == delta) {
    ++runs.back().count;
  } else {
    runs.push_back({1, delta});
  }
}

void SampleTable::add(std::uint32_t size, std::uint64_t dts, std::uint32_t duration, bool sync) {
  if (sizes_.empty()) {
    first_dts_ = dts;
  } else {
    dts = std::clamp(dts, last_dts_ + 1, last_dts_ + kMax32);
    append_delta(times_, static_cast<std::uint32_t>(dts - last_dts_));
  }
  if (pending_chunk_) start_pending_chunk();
  sizes_.push_back(size);
  ++in_chunk_;
  if (sync) sync_.push_back(static_cast<std::uint32_t>(sizes_.size()));
  last_dts_ = dts;
  last_duration_ = duration;
}

void SampleTable::write(BoxWriter& out, const Track& track) const {
  auto stbl = out.box("stbl");
  {
    auto stsd = out.full_box("stsd", 0, 0);
    out.u32(1);
    out.bytes(track.sample_entry);
  }
  {
    auto runs = times_;
    if (!sizes_.empty()) append_delta(runs, last_duration_);
    auto stts = out.full_box("stts", 0, 0);
    out.u32(static_cast<std::uint32_t>(runs.size()));
    for (const auto& run : runs) {
      out.u32(run.count);
      out.u32(run.delta);
    }
  }
  // Without the box every sample is a place to begin (§8.6.2), which is so for sound.
  if (sync_.size() != sizes_.size()) {
    auto stss = out.full_box("stss", 0, 0);
    out.u32(static_cast<std::uint32_t>(sync_.size()));
    for (const std::uint32_t sample : sync_) out.u32(sample);
  }
  {
    auto runs = chunk_runs_;
    end_chunk(runs);
    auto stsc = out.full_box("stsc", 0, 0);
    out.u32(static_cast<std::uint32_t>(runs.size()));
    for (const auto& run : runs) {
      out.u32(run.first_chunk);
      out.u32(run.samples);
      out.u32(1);  // sample description
    }
  }
  {
    auto stsz = out.full_box("stsz", 0, 0);
    out.u32(0);
    out.u32(static_cast<std::uint32_t>(sizes_.size()));
    for (const std::uint32_t size : sizes_) out.u32(size);
  }
  const bool wide = !chunks_.empty() && chunks_.back() > kMax32;
  auto offsets = out.full_box(wide ? "co64" : "stco", 0, 0);
  out.u32(static_cast<std::uint32_t>(chunks_.size()));
  for (const std::uint64_t chunk : chunks_) {
    if (wide) {
      out.u64(chunk);
    } else {
      out.u32(static_cast<std::uint32_t>(chunk));
    }
  }
}

}  // namespace diemcau::recording::mp4
