#include "recording/mp4_file.hpp"

#include <algorithm>
#include <optional>

#include "recording/fragment_scan.hpp"
#include "recording/mp4/box_reader.hpp"
#include "recording/mp4/file_layout.hpp"

namespace diemcau::recording {
namespace {

using mp4::fourcc;

constexpr std::uint32_t kMaxFragmentedMovie = 64u << 10;

/// All its tracks must be known.
void add_fragment(ScannedFile& scanned, const FoundFragment& found) {
  std::uint64_t at = found.data_at;
  for (const mp4::TrackRun& run : found.fragment.runs) {
    const auto track = std::ranges::find(scanned.movie.tracks, run.track_id, &mp4::Track::id);
    auto& table = scanned.tables[static_cast<std::size_t>(track - scanned.movie.tracks.begin())];
    table.begin_chunk(at);
    std::uint64_t dts = run.base_dts;
    for (const mp4::FragmentSample& sample : run.samples) {
      table.add(sample.size, dts, sample.duration, sample.sync);
      dts += sample.duration;
      at += sample.size;
    }
  }
}

bool known_tracks(const ScannedFile& scanned, const FoundFragment& found) {
  return std::ranges::all_of(found.fragment.runs, [&](const mp4::TrackRun& run) {
    return std::ranges::find(scanned.movie.tracks, run.track_id, &mp4::Track::id) !=
           scanned.movie.tracks.end();
  });
}

void keep(ScannedFile& scanned, const FoundFragment& found) {
  add_fragment(scanned, found);
  scanned.data_end = found.end;
  ++scanned.fragments;
}

/// Longest that a crash leaves behind the last whole fragment: one torn, or a torn index.
std::uint64_t longest_torn(const ScannedFile& scanned) {
  constexpr std::uint64_t kIndexOfSample = 24;  // time, size, sync and chunk, each at its largest
  std::uint64_t samples = 0;
  for (const auto& table : scanned.tables) samples += table.samples();
  return kMaxFragmentBytes + samples * kIndexOfSample;
}

/// All whole fragments from `at` on. The newest is held back until its checksum is known to fit or
/// another stands behind it. A crash tears the end of a file only: where a later fragment is found
/// behind what cannot be read, the medium is damaged, and the file goes on with that one.
Result<void> scan_fragments(DiskFile& file, std::uint64_t at, ScannedFile& scanned) {
  std::optional<FoundFragment> newest;
  std::uint32_t expected = 1;
  for (;;) {
    auto found = fragment_at(file, at, scanned.size);
    if (!found) return found.error();
    bool follows =
        *found && (*found)->fragment.sequence == expected && known_tracks(scanned, **found);
    if (!follows) {
      bool whole = false;
      if (newest) {
        const auto fits = checksum_fits(file, *newest);
        if (!fits) return fits.error();
        whole = *fits;
      }
      // One that does not fit its checksum may not end where it says.
      const std::uint64_t from = newest && !whole ? newest->data_at : at;
      for (std::uint64_t next = from;; next = (*found)->end) {
        found = next_fragment(file, next, scanned.size, expected);
        if (!found) return found.error();
        follows = *found && known_tracks(scanned, **found);
        if (!*found || follows) break;
      }
      if (follows) {
        scanned.gap = true;
        whole = whole || (*found)->at >= at;
      }
      if (newest && !whole) newest.reset();
    }
    if (newest) keep(scanned, *newest);
    if (!follows) break;
    newest = std::move(**found);
    expected = newest->fragment.sequence + 1;
    at = newest->end;
  }
  if (scanned.size - scanned.data_end > longest_torn(scanned)) {
    scanned.gap = true;
    scanned.data_end = scanned.size;
  }
  return {};
}

/// Nothing tells how its fragments are to be played: is there anything that would be?
Result<void> scan_without_movie(DiskFile& file, ScannedFile& scanned) {
  if (scanned.size - scanned.data_end <= kMaxFragmentBytes) {
    const auto found = next_fragment(file, scanned.data_end, scanned.size, 0);
    if (!found) return found.error();
    if (!*found) return {};
  }
  scanned.state = ScannedFile::State::damaged;
  scanned.data_end = scanned.size;
  return {};
}

}  // namespace

Result<ScannedFile> scan_mp4(DiskFile& file) {
  ScannedFile scanned;
  const auto size = file.size();
  if (!size) return size.error();
  scanned.size = *size;
  const auto head = bytes_at(file, 0, mp4::kMovieAt);
  if (!head) return head.error();
  if (!mp4::is_our_front(*head)) {
    // A file cut inside its first 48 bytes is still ours: nothing was in it.
    const auto ours = mp4::front();
    const bool begun =
        head->size() < mp4::kMovieAt && std::equal(head->begin(), head->end(), ours.begin());
    scanned.state = begun ? ScannedFile::State::empty : ScannedFile::State::foreign;
    return scanned;
  }
  if (const auto movie_at = mp4::final_movie_at(*head)) {
    const auto moov = box_header_at(file, *movie_at, scanned.size);
    if (!moov) return moov.error();
    if (*moov && (*moov)->type == fourcc("moov") && *movie_at + (*moov)->size == scanned.size) {
      scanned.state = ScannedFile::State::finished;
      scanned.data_end = *movie_at;
      return scanned;
    }
  }
  scanned.state = ScannedFile::State::empty;
  scanned.data_end = mp4::kMovieAt;
  const auto header = box_header_at(file, mp4::kMovieAt, scanned.size);
  if (!header) return header.error();
  std::optional<mp4::Movie> movie;
  if (*header && (*header)->type == fourcc("moov") && (*header)->size <= kMaxFragmentedMovie) {
    const auto moov = bytes_at(file, mp4::kMovieAt, (*header)->size);
    if (!moov) return moov.error();
    movie = mp4::parse_fragmented_movie(*moov);
  }
  if (!movie) {
    if (auto done = scan_without_movie(file, scanned); !done) return done.error();
    return scanned;
  }
  scanned.movie = std::move(*movie);
  scanned.tables.resize(scanned.movie.tracks.size());
  if (auto done = scan_fragments(file, mp4::kMovieAt + (*header)->size, scanned); !done)
    return done.error();
  if (scanned.fragments > 0)
    scanned.state = ScannedFile::State::unfinished;
  else if (scanned.gap)
    scanned.state = ScannedFile::State::damaged;
  return scanned;
}

Result<std::uint64_t> finish_mp4(DiskFile& file, const mp4::Movie& movie,
                                 const std::vector<mp4::SampleTable>& tables,
                                 std::uint64_t data_end) {
  const auto size = file.size();
  if (!size) return size.error();
  if (*size > data_end)
    if (auto done = file.truncate(data_end); !done) return done.error();
  const auto moov = mp4::finished_movie(movie, tables);
  auto appended = file.write_at(data_end, moov);
  if (appended) appended = file.sync();
  if (!appended) {
    (void)file.truncate(data_end);  // it stays a clean file of fragments
    return appended.error();
  }
  const auto patch = [&](std::uint64_t at, std::span<const std::uint8_t> bytes) -> Result<void> {
    if (auto done = file.write_at(at, bytes); !done) return done;
    return file.sync();
  };
  if (auto done = patch(mp4::kPlaceholderAt + 8, mp4::placeholder_size(data_end)); !done)
    return done.error();
  if (auto done = patch(mp4::kPlaceholderAt, mp4::placeholder_type()); !done) return done.error();
  return data_end + moov.size();
}

Result<RecoveredFile> recover_mp4(DiskFile& file) {
  const auto scanned = scan_mp4(file);
  if (!scanned) return scanned.error();
  RecoveredFile out;
  out.found = scanned->state;
  out.size = scanned->size;
  out.gap = scanned->gap;
  if (scanned->state == ScannedFile::State::finished) {
    const auto length = finished_length(file);
    if (!length) return length.error();
    out.length = *length;
  } else if (scanned->state == ScannedFile::State::unfinished) {
    const auto size = finish_mp4(file, scanned->movie, scanned->tables, scanned->data_end);
    if (!size) return size.error();
    out.size = *size;
    out.cut_bytes = scanned->size - scanned->data_end;
    out.length = movie_time(mp4::movie_duration(scanned->movie, scanned->tables));
  }
  return out;
}

Result<std::uint64_t> damaged_fragments(DiskFile& file, std::uint64_t data_end) {
  const auto header = box_header_at(file, mp4::kMovieAt, data_end);
  if (!header) return header.error();
  if (!*header) return std::uint64_t{1};
  std::uint64_t damaged = 0;
  for (std::uint64_t at = mp4::kMovieAt + (*header)->size; at < data_end;) {
    auto found = fragment_at(file, at, data_end);
    if (!found) return found.error();
    if (!*found) {
      ++damaged;
      found = next_fragment(file, at, data_end, 0);
      if (!found) return found.error();
      if (!*found) return damaged;
    }
    const auto fits = checksum_fits(file, **found);
    if (!fits) return fits.error();
    damaged += *fits ? 0 : 1;
    at = (*found)->end;
  }
  return damaged;
}

Result<Duration> finished_length(DiskFile& file) {
  const auto damaged = make_error(Errc::io, "recording.damaged", "no movie header at the end");
  const auto head = bytes_at(file, 0, mp4::kMovieAt);
  if (!head) return head.error();
  const auto movie_at = mp4::final_movie_at(*head);
  if (!movie_at) return damaged;
  // mvhd is the first box of our moov.
  const auto bytes = bytes_at(file, *movie_at, 256);
  if (!bytes) return bytes.error();
  mp4::ByteReader in(*bytes);
  in.skip(12);
  const bool mvhd = in.u32() == fourcc("mvhd");
  const bool wide = in.u32() >> 24 == 1;
  in.skip(16);
  const bool scale = in.u32() == mp4::kMovieTimescale;
  const std::uint64_t ticks = in.u64();
  if (!in.ok() || !mvhd || !wide || !scale || ticks >> 62 != 0) return damaged;
  return movie_time(ticks);
}

}  // namespace diemcau::recording
