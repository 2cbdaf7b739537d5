#include "recording/mp4/movie.hpp"

#include <algorithm>
#include <limits>

#include "recording/mp4/box_reader.hpp"

namespace diemcau::recording::mp4 {
namespace {

constexpr std::size_t kMaxSampleEntry = 4096;

/// Rounded up: an edit cut short by a tick would make players drop the last sample.
std::uint64_t to_movie(std::uint64_t ticks, std::uint32_t timescale) {
  const std::uint64_t whole = ticks / timescale;
  const std::uint64_t rest = ticks % timescale;
  return whole * kMovieTimescale + (rest * kMovieTimescale + timescale - 1) / timescale;
}

void matrix(BoxWriter& out) {  // unity (§6.2.2)
  for (const std::uint32_t v : {0x10000u, 0u, 0u, 0u, 0x10000u, 0u, 0u, 0u, 0x40000000u})
    out.u32(v);
}

void movie_header(BoxWriter& out, const Movie& movie, std::uint64_t duration) {
  auto box = out.full_box("mvhd", 1, 0);
  out.u64(movie.created);
  out.u64(movie.created);
  out.u32(kMovieTimescale);
  out.u64(duration);
  out.u32(0x00010000);  // rate 1.0
  out.u16(0x0100);      // volume 1.0
  out.zeros(10);
  matrix(out);
  out.zeros(24);
  std::uint32_t next = 1;
  for (const Track& track : movie.tracks) next = std::max(next, track.id + 1);
  out.u32(next);
}

void track_header(BoxWriter& out, const Movie& movie, const Track& track, std::uint64_t duration) {
  auto box = out.full_box("tkhd", 1, 3);  // enabled, in the movie
  out.u64(movie.created);
  out.u64(movie.created);
  out.u32(track.id);
  out.u32(0);
  out.u64(duration);
  out.zeros(8);
  out.u16(0);  // layer
  out.u16(0);  // alternate group
  out.u16(track.video ? 0 : 0x0100);
  out.u16(0);
  matrix(out);
  out.u32(std::uint32_t{track.width} << 16);
  out.u32(std::uint32_t{track.height} << 16);
}

void edits(BoxWriter& out, const Track& track, const SampleTable& table) {
  if (table.first_dts() == 0) return;
  auto edts = out.box("edts");
  auto elst = out.full_box("elst", 1, 0);
  out.u32(2);
  out.u64(to_movie(table.first_dts(), track.timescale));
  out.u64(std::numeric_limits<std::uint64_t>::max());  // media time -1: nothing is shown
  out.u32(0x00010000);
  out.u64(to_movie(table.duration(), track.timescale));
  out.u64(0);
  out.u32(0x00010000);
}

void media(BoxWriter& out, const Movie& movie, const Track& track, const SampleTable& table) {
  auto mdia = out.box("mdia");
  {
    auto mdhd = out.full_box("mdhd", 1, 0);
    out.u64(movie.created);
    out.u64(movie.created);
    out.u32(track.timescale);
    out.u64(table.duration());
    out.u16(0x55C4);  // language "und"
    out.u16(0);
  }
  {
    auto hdlr = out.full_box("hdlr", 0, 0);
    out.u32(0);
    out.text(track.video ? "vide" : "soun");
    out.zeros(12);
    out.text(track.video ? "stage" : "mix");
    out.u8(0);
  }
  auto minf = out.box("minf");
  if (track.video) {
    auto vmhd = out.full_box("vmhd", 0, 1);
    out.zeros(8);
  } else {
    auto smhd = out.full_box("smhd", 0, 0);
    out.zeros(4);
  }
  {
    auto dinf = out.box("dinf");
    auto dref = out.full_box("dref", 0, 0);
    out.u32(1);
    auto url = out.full_box("url ", 0, 1);  // in this file
  }
  table.write(out, track);
}

void track_box(BoxWriter& out, const Movie& movie, const Track& track, const SampleTable& table) {
  auto trak = out.box("trak");
  const std::uint64_t end = table.samples() == 0 ? 0 : table.end_dts();
  track_header(out, movie, track, to_movie(end, track.timescale));
  edits(out, track, table);
  media(out, movie, track, table);
}

std::optional<Track> parse_track(std::span<const std::uint8_t> trak) {
  Track track;
  const auto tkhd = find_box(trak, "tkhd");
  const auto mdia = find_box(trak, "mdia");
  if (!tkhd || !mdia) return std::nullopt;
  ByteReader header(tkhd->payload);
  if (header.u32() >> 24 != 1) return std::nullopt;
  header.skip(16);
  track.id = header.u32();
  header.skip(4 + 8 + 8 + 8 + 36);
  track.width = static_cast<std::uint16_t>(header.u32() >> 16);
  track.height = static_cast<std::uint16_t>(header.u32() >> 16);

  const auto mdhd = find_box(mdia->payload, "mdhd");
  const auto hdlr = find_box(mdia->payload, "hdlr");
  const auto minf = find_box(mdia->payload, "minf");
  const auto stbl = minf ? find_box(minf->payload, "stbl") : std::nullopt;
  const auto stsd = stbl ? find_box(stbl->payload, "stsd") : std::nullopt;
  if (!mdhd || !hdlr || !stsd) return std::nullopt;
  ByteReader times(mdhd->payload);
  if (times.u32() >> 24 != 1) return std::nullopt;
  times.skip(16);
  track.timescale = times.u32();
  ByteReader handler(hdlr->payload);
  handler.skip(8);
  const std::uint32_t kind = handler.u32();
  track.video = kind == fourcc("vide");
  if (!track.video && kind != fourcc("soun")) return std::nullopt;
  ByteReader descriptions(stsd->payload);
  descriptions.skip(4);
  const bool one = descriptions.u32() == 1;
  const auto entry = first_box(descriptions.bytes(descriptions.left()));
  if (!header.ok() || !times.ok() || !handler.ok() || !one || !entry || track.id == 0 ||
      track.timescale == 0 || entry->whole.size() > kMaxSampleEntry)
    return std::nullopt;
  track.sample_entry.assign(entry->whole.begin(), entry->whole.end());
  return track;
}

}  // namespace

std::uint64_t movie_duration(const Movie& movie, std::span<const SampleTable> tables) {
  std::uint64_t end = 0;
  for (std::size_t i = 0; i < movie.tracks.size(); ++i)
    if (tables[i].samples() > 0)
      end = std::max(end, to_movie(tables[i].end_dts(), movie.tracks[i].timescale));
  return end;
}

std::vector<std::uint8_t> fragmented_movie(const Movie& movie) {
  BoxWriter out;
  {
    auto moov = out.box("moov");
    movie_header(out, movie, 0);
    for (const Track& track : movie.tracks) track_box(out, movie, track, SampleTable{});
    auto mvex = out.box("mvex");
    for (const Track& track : movie.tracks) {
      auto trex = out.full_box("trex", 0, 0);
      out.u32(track.id);
      out.u32(1);
      out.zeros(12);
    }
  }
  return out.take();
}

std::vector<std::uint8_t> finished_movie(const Movie& movie, std::span<const SampleTable> tables) {
  BoxWriter out;
  std::size_t samples = 0;
  for (const SampleTable& table : tables) samples += table.samples();
  out.reserve(4096 + samples * 12);
  {
    auto moov = out.box("moov");
    movie_header(out, movie, movie_duration(movie, tables));
    for (std::size_t i = 0; i < movie.tracks.size(); ++i)
      if (tables[i].samples() > 0) track_box(out, movie, movie.tracks[i], tables[i]);
  }
  return out.take();
}

std::optional<Movie> parse_fragmented_movie(std::span<const std::uint8_t> bytes) {
  const auto moov = first_box(bytes);
  if (!moov || moov->type != fourcc("moov") || !find_box(moov->payload, "mvex"))
    return std::nullopt;
  const auto mvhd = find_box(moov->payload, "mvhd");
  if (!mvhd) return std::nullopt;
  Movie movie;
  ByteReader header(mvhd->payload);
  if (header.u32() >> 24 != 1) return std::nullopt;
  movie.created = header.u64();
  header.skip(8);
  if (header.u32() != kMovieTimescale || !header.ok()) return std::nullopt;
  auto rest = moov->payload;
  while (const auto box = first_box(rest)) {
    rest = rest.subspan(box->whole.size());
    if (box->type != fourcc("trak")) continue;
    auto track = parse_track(box->payload);
    if (!track || movie.tracks.size() == 8) return std::nullopt;
    for (const Track& other : movie.tracks)
      if (other.id == track->id) return std::nullopt;
    movie.tracks.push_back(std::move(*track));
  }
  if (movie.tracks.empty()) return std::nullopt;
  return movie;
}

}  // namespace diemcau::recording::mp4
