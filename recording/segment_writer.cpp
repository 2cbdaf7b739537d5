#include "recording/segment_writer.hpp"

#include <algorithm>

#include "recording/mp4/file_layout.hpp"

namespace diemcau::recording {

Result<std::unique_ptr<SegmentWriter>> SegmentWriter::create(Disk& disk,
                                                             std::filesystem::path path) {
  auto file = disk.create(path);
  if (!file) return file.error();
  const auto front = mp4::front();
  if (auto done = (*file)->write_at(0, front); !done) return done.error();
  if (auto done = (*file)->sync(); !done) return done.error();
  return std::unique_ptr<SegmentWriter>(
      new SegmentWriter(std::move(*file), std::move(path), front.size()));
}

Result<void> SegmentWriter::begin(mp4::Movie movie) {
  const auto moov = mp4::fragmented_movie(movie);
  if (auto done = file_->write_at(end_, moov); !done) return done;
  end_ += moov.size();
  movie_ = std::move(movie);
  tables_.resize(movie_.tracks.size());
  runs_.resize(movie_.tracks.size());
  data_.resize(movie_.tracks.size());
  for (std::size_t i = 0; i < runs_.size(); ++i) runs_[i].track_id = movie_.tracks[i].id;
  return {};
}

void SegmentWriter::add(std::size_t track, std::uint64_t dts, std::uint32_t duration, bool sync,
                        std::span<const std::uint8_t> data) {
  mp4::TrackRun& run = runs_[track];
  if (run.samples.empty()) {
    run.base_dts = dts;
  } else {
    std::uint64_t last = run.base_dts;
    for (std::size_t i = 0; i + 1 < run.samples.size(); ++i) last += run.samples[i].duration;
    run.samples.back().duration = static_cast<std::uint32_t>(dts - last);
  }
  run.samples.push_back({static_cast<std::uint32_t>(data.size()), duration, sync});
  data_[track].insert(data_[track].end(), data.begin(), data.end());
}

bool SegmentWriter::pending() const noexcept {
  return std::ranges::any_of(runs_, [](const auto& run) { return !run.samples.empty(); });
}

std::size_t SegmentWriter::pending_bytes() const noexcept {
  std::size_t sum = 0;
  for (const auto& data : data_) sum += data.size();
  return sum;
}

Result<void> SegmentWriter::flush() {
  std::vector<mp4::TrackRun> runs;
  std::vector<std::vector<std::uint8_t>> data;
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    if (runs_[i].samples.empty()) continue;
    runs.push_back(std::move(runs_[i]));
    data.push_back(std::move(data_[i]));
    runs_[i] = {movie_.tracks[i].id, 0, {}};
    data_[i] = {};
  }
  if (runs.empty()) return {};
  const auto bytes = mp4::write_fragment(sequence_ + 1, runs, data);
  if (auto done = file_->write_at(end_, bytes); !done) return done;
  if (auto done = file_->sync(); !done) return done;

  ++sequence_;
  std::uint64_t at = end_ + bytes.size();
  for (const auto& part : data) at -= part.size();
  end_ += bytes.size();
  std::size_t i = 0;
  for (const mp4::TrackRun& run : runs) {
    while (movie_.tracks[i].id != run.track_id) ++i;
    tables_[i].begin_chunk(at);
    std::uint64_t dts = run.base_dts;
    for (const mp4::FragmentSample& sample : run.samples) {
      tables_[i].add(sample.size, dts, sample.duration, sample.sync);
      dts += sample.duration;
      at += sample.size;
    }
  }
  return {};
}

Result<void> SegmentWriter::finish() {
  const auto size = finish_mp4(*file_, movie_, tables_, end_);
  if (!size) return size.error();
  end_ = *size;
  return {};
}

std::uint64_t SegmentWriter::index_bytes() const noexcept {
  std::uint64_t samples = 0;
  for (const auto& table : tables_) samples += table.samples();
  return 4096 + samples * 16;
}

}  // namespace diemcau::recording
