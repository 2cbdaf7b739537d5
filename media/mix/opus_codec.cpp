#include "media/mix/opus_codec.hpp"

#include <array>

#include <opus/opus.h>

#include "media/mix/audio_format.hpp"

namespace diemcau::media {

namespace {
using Frames = std::array<const unsigned char*, 48>;
using Sizes = std::array<opus_int16, 48>;

int parse(std::span<const std::uint8_t> packet, unsigned char& toc, Frames& frames, Sizes& sizes) {
  if (packet.empty() || packet.size() > 8192) return -1;
  return opus_packet_parse(packet.data(), static_cast<opus_int32>(packet.size()), &toc,
                           frames.data(), sizes.data(), nullptr);
}
}  // namespace

std::optional<int> opus_packet_samples(std::span<const std::uint8_t> packet) noexcept {
  unsigned char toc = 0;
  Frames frames;
  Sizes sizes;
  const int count = parse(packet, toc, frames, sizes);
  if (count < 1) return std::nullopt;
  const int samples = count * opus_packet_get_samples_per_frame(&toc, kAudioRate);
  if (samples < kOpusGranule || samples > kMaxOpusSamples) return std::nullopt;
  return samples;
}

bool opus_packet_has_fec(std::span<const std::uint8_t> packet) noexcept {
  unsigned char toc = 0;
  Frames frames;
  Sizes sizes;
  const int count = parse(packet, toc, frames, sizes);
  if (count < 1 || sizes[0] < 1) return false;
  if ((toc & 0x80) != 0) return false;  // CELT only: RFC 6716 §3.1, configurations 16 … 31
  // RFC 6716 §4.2.3: per channel one VAD bit for each 20 ms SILK frame, then the LBRR flag.
  const int samples = opus_packet_get_samples_per_frame(&toc, kAudioRate);
  const int silk_frames = samples <= kTickSamples ? 1 : samples / kTickSamples;
  const int channels = (toc & 0x04) != 0 ? 2 : 1;
  for (int channel = 0; channel < channels; ++channel) {
    const int bit = (channel + 1) * (silk_frames + 1) - 1;
    if (bit > 7) break;
    if (((frames[0][0] >> (7 - bit)) & 1) != 0) return true;
  }
  return false;
}

void OpusVoiceDecoder::Free::operator()(::OpusDecoder* d) const noexcept {
  opus_decoder_destroy(d);
}

Result<OpusVoiceDecoder> OpusVoiceDecoder::create() {
  int error = OPUS_OK;
  ::OpusDecoder* decoder = opus_decoder_create(kAudioRate, 1, &error);
  if (decoder == nullptr) return make_error(Errc::internal, "opus.decoder", opus_strerror(error));
  return OpusVoiceDecoder(decoder);
}

int OpusVoiceDecoder::decode(std::span<const std::uint8_t> packet, std::span<float> out) noexcept {
  if (packet.empty()) return 0;  // libopus would take it for a loss
  const int n =
      opus_decode_float(decoder_.get(), packet.data(), static_cast<opus_int32>(packet.size()),
                        out.data(), static_cast<int>(out.size()), 0);
  return n > 0 ? n : 0;
}

int OpusVoiceDecoder::decode_fec(std::span<const std::uint8_t> next,
                                 std::span<float> out) noexcept {
  if (next.empty()) return 0;
  const int n = opus_decode_float(decoder_.get(), next.data(), static_cast<opus_int32>(next.size()),
                                  out.data(), static_cast<int>(out.size()), 1);
  return n > 0 ? n : 0;
}

int OpusVoiceDecoder::conceal(std::span<float> out) noexcept {
  const int n =
      opus_decode_float(decoder_.get(), nullptr, 0, out.data(), static_cast<int>(out.size()), 0);
  return n > 0 ? n : 0;
}

void OpusVoiceDecoder::reset() noexcept {
  opus_decoder_ctl(decoder_.get(), OPUS_RESET_STATE);
}

void OpusVoiceEncoder::Free::operator()(::OpusEncoder* e) const noexcept {
  opus_encoder_destroy(e);
}

Result<OpusVoiceEncoder> OpusVoiceEncoder::create(const OpusEncoderOptions& options) {
  int error = OPUS_OK;
  OpusVoiceEncoder encoder(opus_encoder_create(kAudioRate, 1, OPUS_APPLICATION_VOIP, &error));
  ::OpusEncoder* e = encoder.encoder_.get();
  if (e == nullptr) return make_error(Errc::internal, "opus.encoder", opus_strerror(error));
  if (opus_encoder_ctl(e, OPUS_SET_BITRATE(options.bitrate)) != OPUS_OK ||
      opus_encoder_ctl(e, OPUS_SET_COMPLEXITY(options.complexity)) != OPUS_OK ||
      opus_encoder_ctl(e, OPUS_SET_PACKET_LOSS_PERC(options.expected_loss)) != OPUS_OK ||
      opus_encoder_ctl(e, OPUS_SET_INBAND_FEC(1)) != OPUS_OK ||
      opus_encoder_ctl(e, OPUS_SET_DTX(0)) != OPUS_OK) {
    return make_error(Errc::invalid_argument, "opus.options",
                      "Opus bitrate or complexity out of range");
  }
  return encoder;
}

std::size_t OpusVoiceEncoder::encode(std::span<const float> samples,
                                     std::span<std::uint8_t> out) noexcept {
  const auto n = opus_encode_float(encoder_.get(), samples.data(), static_cast<int>(samples.size()),
                                   out.data(), static_cast<opus_int32>(out.size()));
  return n > 0 ? static_cast<std::size_t>(n) : 0;
}

void OpusVoiceEncoder::set_independent(bool on) noexcept {
  opus_encoder_ctl(encoder_.get(), OPUS_SET_PREDICTION_DISABLED(on ? 1 : 0));
}

}  // namespace diemcau::media
