#include "tests/bench/latency/probe_media.hpp"

#include <array>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <numbers>

#include "media/mix/audio_format.hpp"
#include "media/mix/opus_codec.hpp"
#include "media/mix/video_encoder.hpp"

namespace diemcau::bench {

Result<Blinking> make_blinking() {
  Blinking out;
  Metrics metrics;
  std::mutex mutex;
  std::condition_variable changed;
  media::VideoEncoderOptions options;
  const TimePoint epoch{std::chrono::hours(1)};
  options.epoch = epoch;
  media::VideoEncoderEvents events;
  events.on_frame = [](const media::EncodedFramePtr&) {};
  TimePoint pushed;
  events.on_packets = [&](std::unique_ptr<media::PacketChunk> chunk) {
    std::lock_guard lock(mutex);
    const std::chrono::duration<double, std::milli> took =
        std::chrono::steady_clock::now() - pushed;
    out.encode_ms.push_back(took.count());
    out.frames.push_back(std::move(chunk));
    changed.notify_one();
  };
  auto encoder = media::VideoEncoder::create(options, std::move(events),
                                             std::make_shared<media::VideoMetrics>(metrics));
  if (!encoder) return encoder.error();
  for (int n = 0; n < Blinking::kFrames; ++n) {
    auto picture = std::make_shared<media::I420Buffer>(media::Size{1280, 720});
    const std::uint8_t luma = Blinking::light(n) ? 200 : 50;
    fill(picture->span(), {luma, 128, 128});
    // Something that moves, so that the encoder has work in every picture.
    fill(picture->span().crop(n * 24, 560, 160, 120),
         {static_cast<std::uint8_t>(250 - luma), 90, 160});
    std::unique_lock lock(mutex);
    pushed = std::chrono::steady_clock::now();
    (*encoder)->push(picture, epoch + n * std::chrono::milliseconds(40));
    const auto want = static_cast<std::size_t>(n) + 1;
    if (!changed.wait_for(lock, std::chrono::seconds(5), [&] { return out.frames.size() >= want; }))
      return make_error(Errc::internal, "bench.encoder", "the encoder gave no frame in 5 s");
  }
  (*encoder)->stop();
  return out;
}

Result<Beeping> make_beeping() {
  auto encoder = media::OpusVoiceEncoder::create({32'000, 5, 0});
  if (!encoder) return encoder.error();
  Beeping out;
  std::array<std::uint8_t, 1275> packet{};
  media::AudioBlock block{};
  for (int n = 0; n < 2 * Beeping::kHalf; ++n) {
    for (int i = 0; i < media::kTickSamples; ++i) {
      const double at = static_cast<double>(n * media::kTickSamples + i) / media::kAudioRate;
      block[static_cast<std::size_t>(i)] =
          n < Beeping::kHalf ? 0.0F
                             : static_cast<float>(0.4 * std::sin(2 * std::numbers::pi * 1000 * at));
    }
    const auto size = encoder->encode(block, packet);
    if (size == 0) return make_error(Errc::internal, "bench.opus", "Opus gave nothing");
    out.packets.push_back({{packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size)},
                           media::level_field(media::level_dbov(block))});
  }
  return out;
}

}  // namespace diemcau::bench
