#include "tests/media/mix/audio/simulated_microphone.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "media/codec/red.hpp"

namespace diemcau::media::test {

SimulatedMicrophone::SimulatedMicrophone(MicrophoneOptions options, TimePoint start)
    : options_(options),
      start_(start),
      encoder_(*OpusVoiceEncoder::create({32'000, 1, options.expected_loss})),
      tone_(options.frequency, 1.0),
      random_(options.seed) {}

void SimulatedMicrophone::make_packet() {
  std::array<float, kTickSamples> samples;
  if (source_) {
    source_(samples);
  } else if (options_.sound) {
    for (float& s : samples) s = (*options_.sound)[played_++ % options_.sound->size()];
  } else {
    tone_.fill(samples);
  }
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (!source_) samples[i] *= static_cast<float>(options_.amplitude);
    if (!options_.syllables) continue;
    const double t =
        static_cast<double>(made_ * kTickSamples + static_cast<std::int64_t>(i)) / kAudioRate;
    samples[i] *= static_cast<float>(std::pow(std::sin(t * 4 * 3.14159265), 2));
  }
  std::array<std::uint8_t, 600> opus;
  const std::size_t size = encoder_.encode(samples, opus);
  const std::int64_t n = made_++;
  // The packet leaves when its last sample was taken, by the site's clock.
  const double seconds = static_cast<double>(n + 1) * 0.02 / (1 + options_.clock_ppm * 1e-6);
  Flight flight;
  flight.arrives = start_ + Duration(std::llround(seconds * 1e9)) + options_.network;
  if (options_.jitter > Duration::zero()) {
    flight.arrives +=
        Duration(std::uniform_int_distribution<std::int64_t>(0, options_.jitter.count())(random_));
  }
  flight.packet.index = options_.first_index + n;
  flight.packet.timestamp = options_.first_timestamp + static_cast<std::uint32_t>(n * kTickSamples);
  flight.packet.red = options_.red;
  if (options_.levels) flight.packet.audio_level = level_field(level_dbov(samples));
  const std::vector<std::uint8_t> plain(opus.begin(),
                                        opus.begin() + static_cast<std::ptrdiff_t>(size));
  if (options_.red) {
    const std::array<RedBlock, 2> blocks{RedBlock{111, kTickSamples, previous_},
                                         RedBlock{111, 0, plain}};
    flight.payload.resize(1'400);
    flight.payload.resize(build_red(
        previous_.empty() ? std::span(blocks).subspan(1) : std::span<const RedBlock>(blocks),
        flight.payload));
    previous_ = plain;
  } else {
    flight.payload = plain;
  }
  if (silent_) return;
  ++sent_;
  if (std::uniform_real_distribution<double>(0, 1)(random_) < options_.loss) {
    ++lost_;
    return;
  }
  flying_.push_back(std::move(flight));
}

void SimulatedMicrophone::deliver_until(TimePoint now,
                                        const std::function<void(const UplinkPacket&)>& to) {
  while (start_ + Duration(static_cast<std::int64_t>(static_cast<double>(made_ + 1) * 2e7 /
                                                     (1 + options_.clock_ppm * 1e-6))) <=
         now)
    make_packet();
  std::stable_sort(flying_.begin(), flying_.end(),
                   [](const Flight& a, const Flight& b) { return a.arrives < b.arrives; });
  std::size_t i = 0;
  for (; i < flying_.size() && flying_[i].arrives <= now; ++i) {
    flying_[i].packet.payload = flying_[i].payload;
    flying_[i].packet.arrived = flying_[i].arrives;
    to(flying_[i].packet);
  }
  flying_.erase(flying_.begin(), flying_.begin() + static_cast<std::ptrdiff_t>(i));
}

void SimulatedMicrophone::deliver_until(TimePoint now, UplinkSink& sink) {
  deliver_until(now, [&](const UplinkPacket& packet) { sink.on_uplink_packet(packet); });
}

}  // namespace diemcau::media::test
