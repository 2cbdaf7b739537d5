#pragma once
// AAC in an MP4 file (ISO/IEC 14496-14 §5.6), from its AudioSpecificConfig.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "recording/mp4/track.hpp"

namespace diemcau::recording::mp4 {

struct AacConfig {
  std::uint32_t sample_rate = 0;  // Hz
  std::uint8_t channels = 0;
  std::uint32_t frame_samples = 1024;  // per access unit and channel
};

/// ISO/IEC 14496-3 §1.6.2.1. Nothing for a malformed or unnamed configuration.
std::optional<AacConfig> parse_audio_specific_config(std::span<const std::uint8_t> config);

std::optional<Track> aac_track(std::uint32_t id, std::span<const std::uint8_t> config);

/// One access unit of silence, to fill a gap; empty when we have none for so many channels.
std::span<const std::uint8_t> silent_aac_frame(std::uint8_t channels);

}  // namespace diemcau::recording::mp4
