#include "mcu/checks/test_tone.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "base/log.hpp"
#include "media/mix/opus_codec.hpp"

namespace diemcau::mcu {

namespace {
constexpr int kRate = 48'000;
constexpr int kBlock = 960;
constexpr int kSweeps = 5;
constexpr int kSweep = kRate * 45 / 100;
constexpr int kPause = kRate * 15 / 100;
constexpr int kFade = kRate / 50;
constexpr double kFrom = 300, kTo = 3'600;  // Hz
constexpr double kLevel = 0.3;
constexpr int kBitrate = 48'000;
}  // namespace

std::vector<float> test_tone_samples() {
  std::vector<float> out(static_cast<std::size_t>(kSweeps * (kSweep + kPause)), 0.F);
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    double phase = 0;
    for (int i = 0; i < kSweep; ++i) {
      // Logarithmic: as much time in each octave as speech has energy there.
      const double hertz = kFrom * std::pow(kTo / kFrom, static_cast<double>(i) / kSweep);
      phase += 2 * std::numbers::pi * hertz / kRate;
      const double edge = std::min({i, kSweep - 1 - i, kFade}) / static_cast<double>(kFade);
      out[static_cast<std::size_t>(sweep * (kSweep + kPause) + i)] =
          static_cast<float>(kLevel * edge * std::sin(phase));
    }
  }
  return out;
}

std::shared_ptr<const media::Tone> make_test_tone() {
  auto tone = std::make_shared<media::Tone>();
  media::OpusEncoderOptions options;
  options.bitrate = kBitrate;
  auto encoder = media::OpusVoiceEncoder::create(options);
  if (!encoder) {
    log::error("no test tone: {}", encoder.error().detail);
    return tone;
  }
  const auto samples = test_tone_samples();
  std::array<std::uint8_t, 1275> room{};
  for (std::size_t at = 0; at + kBlock <= samples.size(); at += kBlock) {
    const std::size_t size = encoder->encode(std::span(samples).subspan(at, kBlock), room);
    tone->emplace_back(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(size));
  }
  return tone;
}

}  // namespace diemcau::mcu
