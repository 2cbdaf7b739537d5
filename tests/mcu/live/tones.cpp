#include "tests/mcu/live/tones.hpp"

#include "media/codec/red.hpp"
#include "media/mix/audio_format.hpp"
#include "tests/support/tone.hpp"

namespace diemcau::test {

Result<std::shared_ptr<const mcu::SpeechLoop>> make_tone_loop(int hz, double amplitude) {
  auto encoder = media::OpusVoiceEncoder::create({32'000, 5, 0});
  if (!encoder) return encoder.error();
  ToneGenerator tone(hz, amplitude);
  auto loop = std::make_shared<mcu::SpeechLoop>();
  std::array<std::uint8_t, 1275> packet{};
  for (int n = 0; n < media::kAudioRate / media::kTickSamples; ++n) {
    const auto block = tone.take(media::kTickSamples);
    const auto size = encoder->encode(block, packet);
    if (size == 0) return make_error(Errc::internal, "test.opus", "Opus gave nothing");
    loop->packets.push_back({{packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size)},
                             media::level_field(media::level_dbov(block))});
  }
  return std::shared_ptr<const mcu::SpeechLoop>(std::move(loop));
}

Result<std::shared_ptr<Ear>> Ear::create() {
  auto decoder = media::OpusVoiceDecoder::create();
  if (!decoder) return decoder.error();
  return std::shared_ptr<Ear>(new Ear(std::move(*decoder)));
}

void Ear::on_uplink_packet(const media::UplinkPacket& packet) noexcept {
  std::span<const std::uint8_t> payload = packet.payload;
  if (packet.red) {
    const auto red = media::parse_red(payload);
    if (!red) return;
    payload = red->blocks[red->count - 1].data;
  }
  const int samples = decoder_.decode(payload, pcm_);
  const std::lock_guard lock(mutex_);
  const auto take = std::min(missing_, static_cast<std::size_t>(std::max(samples, 0)));
  if (take == 0) return;
  wanted_.insert(wanted_.end(), pcm_.begin(), pcm_.begin() + static_cast<std::ptrdiff_t>(take));
  missing_ -= take;
  if (missing_ == 0) arrived_.notify_all();
}

std::vector<float> Ear::next(std::size_t samples) {
  std::unique_lock lock(mutex_);
  wanted_.clear();
  wanted_.reserve(samples);
  missing_ = samples;
  arrived_.wait_for(lock, std::chrono::seconds(10), [this] { return missing_ == 0; });
  missing_ = 0;
  return std::move(wanted_);
}

}  // namespace diemcau::test
