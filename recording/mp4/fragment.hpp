#pragma once
// One fragment on disk: `moof` + `mdat` (ISO/IEC 14496-12 §8.8), exactly in the shape we write,
// with a checksum of our own in a `uuid` box that players skip. The checksum tells a fragment that
// a power cut left half on disk, though its length looks right, from a whole one.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace diemcau::recording::mp4 {

struct FragmentSample {
  std::uint32_t size = 0;      // bytes
  std::uint32_t duration = 0;  // ticks of the track
  bool sync = true;

  bool operator==(const FragmentSample&) const = default;
};

/// Samples of one track, contiguous in the mdat.
struct TrackRun {
  std::uint32_t track_id = 0;
  std::uint64_t base_dts = 0;  // decode time of the first sample (tfdt)
  std::vector<FragmentSample> samples;

  std::uint64_t bytes() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& sample : samples) sum += sample.size;
    return sum;
  }
  bool operator==(const TrackRun&) const = default;
};

struct Fragment {
  std::uint32_t sequence = 0;
  std::vector<TrackRun> runs;   // in the order of their data
  std::uint32_t crc = 0;        // CRC-32 over moof up to this field, then the mdat's payload
  std::uint32_t moof_size = 0;  // bytes, header included

  std::uint64_t data_bytes() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& run : runs) sum += run.bytes();
    return sum;
  }
};

inline constexpr std::uint32_t kMaxMoofBytes = 4u << 20;
inline constexpr std::uint32_t kMdatHeaderBytes = 8;

/// moof, mdat header and data, ready to be written in one piece. `data[i]` belongs to `runs[i]`.
std::vector<std::uint8_t> write_fragment(std::uint32_t sequence, std::span<const TrackRun> runs,
                                         std::span<const std::vector<std::uint8_t>> data);

/// `moof` must be one whole box. Nothing for any shape but ours, or when an offset does not fit.
std::optional<Fragment> parse_fragment(std::span<const std::uint8_t> moof);

/// The checksum as stored: `moof` whole, `data` the mdat's payload.
std::uint32_t fragment_crc(std::span<const std::uint8_t> moof, std::span<const std::uint8_t> data);

}  // namespace diemcau::recording::mp4
