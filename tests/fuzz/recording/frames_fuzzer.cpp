// Annex B, parameter sets and AudioSpecificConfig.
#include <cstdlib>

#include "recording/mp4/aac.hpp"
#include "recording/mp4/avc.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace diemcau::recording;
  const std::span<const std::uint8_t> bytes(data, size);
  const auto sample = mp4::to_avc_sample(bytes);
  // Start codes of three bytes become lengths of four.
  if (sample.data.size() > size + size / 3 + 4) std::abort();
  (void)mp4::avc_track(1, sample.parameters);
  (void)mp4::parse_sps(bytes);
  (void)mp4::aac_track(2, bytes);
  return 0;
}
