#pragma once
// Does the index of a finished file hold together? A parser of bytes from anywhere.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace diemcau::recording::mp4 {

inline constexpr std::uint64_t kMaxMovieBytes = 512u << 20;

struct MovieCheck {
  std::uint64_t samples = 0;
  std::vector<std::string> problems;  // one English sentence each
};

/// `moov`: the whole box; every sample of its tables must lie inside [kMovieAt, data_end).
MovieCheck check_finished_movie(std::span<const std::uint8_t> moov, std::uint64_t data_end);

}  // namespace diemcau::recording::mp4
