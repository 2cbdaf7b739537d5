#include "recording/mp4_file.hpp"

#include <algorithm>
#include <optional>

#include "recording/mp4/box_reader.hpp"
#include "recording/mp4/file_layout.hpp"
#include "recording/mp4/fragment.hpp"

namespace diemcau::recording {
namespace {

using mp4::fourcc;

constexpr std::uint32_t kMaxFragmentedMovie = 64u << 10;

struct Header {
  std::uint32_t type = 0;
  std::uint64_t size = 0;  // of the whole box
};

/// A box header whose box lies wholly inside the file, else nothing.
Result<std::optional<Header>> header_at(DiskFile& file, std::uint64_t at, std::uint64_t end) {
  std::uint8_t bytes[16] = {};
  const auto n = file.read_at(at, bytes);
  if (!n) return n.error();
  mp4::ByteReader in(std::span<const std::uint8_t>(bytes, *n));
  Header header;
  header.size = in.u32();
  header.type = in.u32();
  if (header.size == 1) header.size = in.u64();
  if (!in.ok() || header.size < in.position() || at > end || header.size > end - at)
    return std::optional<Header>{};
  return std::optional(header);
}

/// Up to `n` bytes; fewer when the file is shorter.
Result<std::vector<std::uint8_t>> bytes_at(DiskFile& file, std::uint64_t at, std::size_t n) {
  std::vector<std::uint8_t> bytes(n);
  const auto got = file.read_at(at, bytes);
  if (!got) return got.error();
  bytes.resize(*got);
  return bytes;
}

/// The fragment at `at`, with its moof as read; nothing when it is not whole.
struct FoundFragment {
  mp4::Fragment fragment;
  std::vector<std::uint8_t> moof;
  std::uint64_t data_at = 0;
  std::uint64_t end = 0;
};
Result<std::optional<FoundFragment>> fragment_at(DiskFile& file, std::uint64_t at,
                                                 std::uint64_t end) {
  using Found = std::optional<FoundFragment>;
  // One read for the usual fragment: its moof is below 2 KB.
  auto head = bytes_at(file, at, 4096);
  if (!head) return head.error();
  mp4::ByteReader in(*head);
  const std::uint32_t size = in.u32();
  if (in.u32() != fourcc("moof") || !in.ok() || size < 16 || size > mp4::kMaxMoofBytes ||
      size > end - at)
    return Found{};
  if (head->size() < std::size_t{size} + mp4::kMdatHeaderBytes) {
    head = bytes_at(file, at, std::size_t{size} + mp4::kMdatHeaderBytes);
    if (!head) return head.error();
    if (head->size() < std::size_t{size} + mp4::kMdatHeaderBytes) return Found{};
  }
  FoundFragment found;
  found.moof.assign(head->begin(), head->begin() + size);
  auto fragment = mp4::parse_fragment(found.moof);
  mp4::ByteReader mdat(std::span<const std::uint8_t>(*head).subspan(size, mp4::kMdatHeaderBytes));
  const std::uint64_t mdat_size = mdat.u32();
  found.data_at = at + size + mp4::kMdatHeaderBytes;
  if (!fragment || mdat.u32() != fourcc("mdat") ||
      mdat_size != fragment->data_bytes() + mp4::kMdatHeaderBytes || mdat_size > end - at - size)
    return Found{};
  found.fragment = std::move(*fragment);
  found.end = at + size + mdat_size;
  return Found(std::move(found));
}

Result<bool> checksum_fits(DiskFile& file, const FoundFragment& found) {
  const auto data = bytes_at(file, found.data_at, found.end - found.data_at);
  if (!data) return data.error();
  return mp4::fragment_crc(found.moof, *data) == found.fragment.crc;
}

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

/// All whole fragments from `at` on. The newest is held back until its checksum is known to fit or
/// another stands behind it.
Result<void> scan_fragments(DiskFile& file, std::uint64_t at, ScannedFile& scanned) {
  std::optional<FoundFragment> newest;
  std::uint32_t expected = 0;
  for (;;) {
    auto found = fragment_at(file, at, scanned.size);
    if (!found) return found.error();
    const bool follows = *found && (expected == 0 || (*found)->fragment.sequence == expected) &&
                         known_tracks(scanned, **found);
    if (newest) {
      bool whole = follows;
      if (!whole) {
        const auto fits = checksum_fits(file, *newest);
        if (!fits) return fits.error();
        whole = *fits;
      }
      if (whole) {
        add_fragment(scanned, *newest);
        scanned.data_end = newest->end;
        ++scanned.fragments;
      }
    }
    if (!follows) return {};
    newest = std::move(**found);
    expected = newest->fragment.sequence + 1;
    at = newest->end;
  }
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
    const auto moov = header_at(file, *movie_at, scanned.size);
    if (!moov) return moov.error();
    if (*moov && (*moov)->type == fourcc("moov") && *movie_at + (*moov)->size == scanned.size) {
      scanned.state = ScannedFile::State::finished;
      scanned.data_end = *movie_at;
      return scanned;
    }
  }
  scanned.state = ScannedFile::State::empty;
  scanned.data_end = mp4::kMovieAt;
  const auto header = header_at(file, mp4::kMovieAt, scanned.size);
  if (!header) return header.error();
  if (!*header || (*header)->type != fourcc("moov") || (*header)->size > kMaxFragmentedMovie)
    return scanned;
  const auto moov = bytes_at(file, mp4::kMovieAt, (*header)->size);
  if (!moov) return moov.error();
  auto movie = mp4::parse_fragmented_movie(*moov);
  if (!movie) return scanned;
  scanned.movie = std::move(*movie);
  scanned.tables.resize(scanned.movie.tracks.size());
  if (auto done = scan_fragments(file, mp4::kMovieAt + (*header)->size, scanned); !done)
    return done.error();
  if (scanned.fragments > 0) scanned.state = ScannedFile::State::unfinished;
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
  const auto header = header_at(file, mp4::kMovieAt, data_end);
  if (!header) return header.error();
  if (!*header) return std::uint64_t{1};
  std::uint64_t damaged = 0;
  for (std::uint64_t at = mp4::kMovieAt + (*header)->size; at < data_end;) {
    const auto found = fragment_at(file, at, data_end);
    if (!found) return found.error();
    if (!*found) return damaged + 1;
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
