#pragma once
// What a file says about a track once, before any sample.

#include <cstdint>
#include <vector>

namespace diemcau::recording::mp4 {

/// Movie-level times; also the picture's clock (RFC 6184 §8.2.1), so its edits are exact.
inline constexpr std::uint32_t kMovieTimescale = 90'000;

struct Track {
  std::uint32_t id = 0;  // from 1
  bool video = false;
  std::uint32_t timescale = 0;  // ticks per second
  std::uint16_t width = 0;      // pixels, video only
  std::uint16_t height = 0;
  /// The whole sample entry box (`avc1` with `avcC`, `mp4a` with `esds`).
  std::vector<std::uint8_t> sample_entry;

  bool operator==(const Track&) const = default;
};

struct Movie {
  std::uint64_t created = 0;  // seconds since 1904-01-01 UTC (ISO/IEC 14496-12 §8.2.2)
  std::vector<Track> tracks;

  bool operator==(const Movie&) const = default;
};

}  // namespace diemcau::recording::mp4
