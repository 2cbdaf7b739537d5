#pragma once
// H.264 from Annex B, as encoders give it, to what an MP4 file holds (ISO/IEC 14496-15 §5).

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "recording/mp4/track.hpp"

namespace diemcau::recording::mp4 {

/// The parameter sets in force, in the order they came; equal sets mean the same sample entry.
struct AvcParameters {
  std::vector<std::vector<std::uint8_t>> sps;
  std::vector<std::vector<std::uint8_t>> pps;

  bool complete() const noexcept { return !sps.empty() && !pps.empty(); }
  bool operator==(const AvcParameters&) const = default;
};

/// What a sequence parameter set says of the picture (ITU-T H.264 §7.3.2.1.1).
struct AvcPicture {
  std::uint8_t profile = 0;
  std::uint8_t constraints = 0;
  std::uint8_t level = 0;
  std::uint8_t chroma_format = 1;
  std::uint8_t luma_bits = 8;
  std::uint8_t chroma_bits = 8;
  std::uint16_t width = 0;  // pixels after cropping
  std::uint16_t height = 0;
};

/// Calls `nal` for every NAL unit, start codes and trailing zeros removed (H.264 Annex B).
void for_each_nal(std::span<const std::uint8_t> annex_b,
                  const std::function<void(std::span<const std::uint8_t>)>& nal);

/// Nothing when the set is malformed or larger than 16384 in a dimension.
std::optional<AvcPicture> parse_sps(std::span<const std::uint8_t> nal);

struct AvcSample {
  std::vector<std::uint8_t> data;  // each NAL unit behind its length in 4 bytes
  bool idr = false;
  AvcParameters parameters;  // found in this access unit; usually with an IDR only
};

/// Parameter sets, access unit delimiters and filler are taken out of the data.
AvcSample to_avc_sample(std::span<const std::uint8_t> annex_b);

/// Nothing when the parameter sets cannot be read.
std::optional<Track> avc_track(std::uint32_t id, const AvcParameters& parameters);

}  // namespace diemcau::recording::mp4
