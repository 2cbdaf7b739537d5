// Headers of fragments and movies: no size is believed.
#include "recording/mp4/fragment.hpp"
#include "recording/mp4/movie.hpp"
#include "recording/mp4/verify.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace diemcau::recording;
  const std::span<const std::uint8_t> bytes(data, size);
  (void)mp4::parse_fragment(bytes);
  (void)mp4::parse_fragmented_movie(bytes);
  (void)mp4::check_finished_movie(bytes, 1u << 20);
  return 0;
}
