#include "recording/mp4/verify.hpp"

#include <optional>

#include "recording/mp4/box_reader.hpp"
#include "recording/mp4/file_layout.hpp"

namespace diemcau::recording::mp4 {
namespace {

/// A full box with a list of `width`-byte entries behind its count.
struct Table {
  std::uint32_t count = 0;
  std::span<const std::uint8_t> entries;
};
std::optional<Table> table(std::span<const std::uint8_t> stbl, std::string_view type,
                           std::size_t width, std::size_t before_count = 0) {
  const auto box = find_box(stbl, type);
  if (!box) return std::nullopt;
  ByteReader in(box->payload);
  in.skip(4 + before_count);
  Table out;
  out.count = in.u32();
  out.entries = in.bytes(in.left());
  if (!in.ok() || out.entries.size() != std::uint64_t{out.count} * width) return std::nullopt;
  return out;
}

/// Empty when the track is sound.
std::string check_tables(std::span<const std::uint8_t> stbl, std::uint64_t data_end,
                         std::uint64_t& samples) {
  const auto times = table(stbl, "stts", 8);
  const auto runs = table(stbl, "stsc", 12);
  const auto sizes = table(stbl, "stsz", 4, 4);
  const auto narrow = table(stbl, "stco", 4);
  const auto wide = table(stbl, "co64", 8);
  if (!times || !runs || !sizes || (!narrow && !wide)) return "a sample table is missing or cut";

  std::uint64_t timed = 0;
  for (ByteReader in(times->entries); in.left() > 0; in.skip(4)) timed += in.u32();
  if (timed != sizes->count) return "stts and stsz disagree in the number of samples";
  if (const auto sync = table(stbl, "stss", 4)) {
    std::uint32_t before = 0;
    for (ByteReader in(sync->entries); in.left() > 0;) {
      const std::uint32_t sample = in.u32();
      if (sample <= before || sample > sizes->count) return "stss names a sample that is not there";
      before = sample;
    }
  }

  ByteReader size(sizes->entries);
  ByteReader offsets(narrow ? narrow->entries : wide->entries);
  const std::uint32_t chunks = narrow ? narrow->count : wide->count;
  ByteReader run(runs->entries);
  std::uint32_t next_run = run.left() > 0 ? run.u32() : 0;
  std::uint32_t per_chunk = 0;
  for (std::uint32_t chunk = 1; chunk <= chunks; ++chunk) {
    if (chunk == next_run) {
      per_chunk = run.u32();
      run.skip(4);
      next_run = run.left() > 0 ? run.u32() : 0;
      if (next_run != 0 && next_run <= chunk) return "stsc is out of order";
    }
    if (per_chunk == 0) return "stsc leaves a chunk without samples";
    std::uint64_t at = narrow ? offsets.u32() : offsets.u64();
    if (at < kMovieAt || at > data_end) return "a chunk lies outside the media data";
    for (std::uint32_t i = 0; i < per_chunk; ++i) {
      if (size.left() == 0) return "stsc has more samples than stsz";
      at += size.u32();
      ++samples;
    }
    if (at > data_end) return "a sample reaches beyond the media data";
  }
  if (size.left() > 0) return "stsz has more samples than stsc";
  return {};
}

}  // namespace

MovieCheck check_finished_movie(std::span<const std::uint8_t> bytes, std::uint64_t data_end) {
  MovieCheck check;
  const auto moov = first_box(bytes);
  if (!moov || moov->type != fourcc("moov")) {
    check.problems.push_back("no moov");
    return check;
  }
  int tracks = 0;
  auto rest = moov->payload;
  while (const auto box = first_box(rest)) {
    rest = rest.subspan(box->whole.size());
    if (box->type != fourcc("trak")) continue;
    ++tracks;
    const auto mdia = find_box(box->payload, "mdia");
    const auto minf = mdia ? find_box(mdia->payload, "minf") : std::nullopt;
    const auto stbl = minf ? find_box(minf->payload, "stbl") : std::nullopt;
    std::string problem = stbl ? check_tables(stbl->payload, data_end, check.samples)
                               : std::string("no sample table");
    if (!problem.empty())
      check.problems.push_back("track " + std::to_string(tracks) + ": " + problem);
    if (tracks == 64) break;
  }
  if (tracks == 0) check.problems.push_back("no track");
  return check;
}

}  // namespace diemcau::recording::mp4
