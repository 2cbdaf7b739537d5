#pragma once
// The `moov` box of a file still being recorded (no samples, `mvex`) and of a finished one.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "recording/mp4/sample_table.hpp"
#include "recording/mp4/track.hpp"

namespace diemcau::recording::mp4 {

/// A header that fragments follow (ISO/IEC 14496-12 §8.8).
std::vector<std::uint8_t> fragmented_movie(const Movie& movie);

/// A header with all sample tables. `tables` by index of `movie.tracks`; a track without samples is
/// left out. A track that starts late gets an empty edit (§8.6.6), so that both stay aligned.
std::vector<std::uint8_t> finished_movie(const Movie& movie, std::span<const SampleTable> tables);

/// Reads back what fragmented_movie wrote. Nothing for any other shape.
std::optional<Movie> parse_fragmented_movie(std::span<const std::uint8_t> moov);

/// Start of the first sample to end of the last, over all tracks, in the movie's timescale.
std::uint64_t movie_duration(const Movie& movie, std::span<const SampleTable> tables);

}  // namespace diemcau::recording::mp4
