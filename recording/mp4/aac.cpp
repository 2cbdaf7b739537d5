#include "recording/mp4/aac.hpp"

#include <array>

#include "recording/mp4/box_writer.hpp"

namespace diemcau::recording::mp4 {
namespace {

constexpr std::array<std::uint32_t, 13> kRates = {96000, 88200, 64000, 48000, 44100, 32000, 24000,
                                                  22050, 16000, 12000, 11025, 8000,  7350};
constexpr std::size_t kMaxConfigBytes = 64;

// raw_data_block (§4.4.2.1) with every section's codebook zero: one single channel element, or one
// channel pair element with a common window.
constexpr std::array<std::uint8_t, 6> kSilentMono = {0x00, 0xC8, 0x00, 0x80, 0x23, 0x80};
constexpr std::array<std::uint8_t, 9> kSilentStereo = {0x21, 0x00, 0x49, 0x90, 0x02,
                                                       0x19, 0x00, 0x23, 0x80};

/// Descriptor tag and length in one byte (ISO/IEC 14496-1 §8.3.3); ours are all below 128.
void descriptor(BoxWriter& out, std::uint8_t tag, std::size_t size) {
  out.u8(tag);
  out.u8(static_cast<std::uint8_t>(size));
}

}  // namespace

std::optional<AacConfig> parse_audio_specific_config(std::span<const std::uint8_t> config) {
  if (config.size() < 2 || config.size() > kMaxConfigBytes) return std::nullopt;
  const unsigned type = config[0] >> 3;
  const unsigned index = (config[0] & 7u) << 1 | config[1] >> 7;
  const unsigned channels = config[1] >> 3 & 0xF;
  // 2: AAC-LC, what browsers play everywhere; an explicit rate (15) is never written by encoders.
  if (type != 2 || index >= kRates.size() || channels == 0 || channels > 7) return std::nullopt;
  AacConfig out;
  out.sample_rate = kRates[index];
  out.channels = static_cast<std::uint8_t>(channels == 7 ? 8 : channels);
  out.frame_samples = (config[1] >> 2 & 1) != 0 ? 960 : 1024;
  return out;
}

std::optional<Track> aac_track(std::uint32_t id, std::span<const std::uint8_t> config) {
  const auto parsed = parse_audio_specific_config(config);
  if (!parsed) return std::nullopt;
  BoxWriter out;
  {
    auto mp4a = out.box("mp4a");
    out.zeros(6);
    out.u16(1);  // data reference
    out.zeros(8);
    out.u16(parsed->channels);
    out.u16(16);
    out.zeros(4);
    out.u32(parsed->sample_rate <= 0xFFFF ? parsed->sample_rate << 16 : 0);  // 16.16
    auto esds = out.full_box("esds", 0, 0);
    const std::size_t specific = config.size();
    const std::size_t decoder = 13 + 2 + specific;
    descriptor(out, 3, 3 + 2 + decoder + 2 + 1);  // ES_Descriptor
    out.u16(0);
    out.u8(0);
    descriptor(out, 4, decoder);  // DecoderConfigDescriptor
    out.u8(0x40);                 // MPEG-4 audio
    out.u8(0x15);                 // audio stream, upstream 0, reserved 1
    out.zeros(3);
    out.u32(0);
    out.u32(0);
    descriptor(out, 5, specific);  // AudioSpecificConfig
    out.bytes(config);
    descriptor(out, 6, 1);  // SLConfigDescriptor: as MP4 wants it
    out.u8(2);
  }
  return Track{id, false, parsed->sample_rate, 0, 0, out.take()};
}

std::span<const std::uint8_t> silent_aac_frame(std::uint8_t channels) {
  if (channels == 1) return kSilentMono;
  if (channels == 2) return kSilentStereo;
  return {};
}

}  // namespace diemcau::recording::mp4
