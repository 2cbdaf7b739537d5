// What a tick of the sound mix costs: 266 sites, all sending, five of them heard.
// cores = CPU seconds per second of meeting (a tick is 20 ms).

#include <array>
#include <chrono>
#include <cmath>
#include <memory>
#include <numbers>
#include <vector>

#include <benchmark/benchmark.h>

#include "media/mix/audio_mix_core.hpp"

namespace diemcau::media {
namespace {

/// A second of a voice-like sound in packets, played over and over.
std::vector<std::vector<std::uint8_t>> voice(double pitch) {
  auto encoder = *OpusVoiceEncoder::create({});
  std::vector<std::vector<std::uint8_t>> packets;
  for (int n = 0; n < 50; ++n) {
    AudioBlock block;
    for (int i = 0; i < kTickSamples; ++i) {
      const double t = static_cast<double>(n * kTickSamples + i) / kAudioRate;
      double s = 0;
      for (int harmonic = 1; harmonic < 12; ++harmonic)
        s += std::sin(2 * std::numbers::pi * pitch * harmonic * t) / harmonic;
      block[static_cast<std::size_t>(i)] =
          static_cast<float>(0.15 * s * std::pow(std::sin(4 * std::numbers::pi * t), 2));
    }
    std::vector<std::uint8_t> packet(600);
    packet.resize(encoder.encode(block, packet));
    packets.push_back(std::move(packet));
  }
  return packets;
}

struct Province {
  Metrics metrics;
  std::shared_ptr<AudioCounters> counters = std::make_shared<AudioCounters>(metrics);
  std::unique_ptr<AudioMixCore> core = *AudioMixCore::create({}, counters);
  std::vector<std::shared_ptr<AudioInput>> inputs;
  std::vector<std::vector<std::vector<std::uint8_t>>> voices;
  int speaking;
  std::int64_t n = 0;

  Province(int sites, int speakers) : speaking(speakers) {
    for (int i = 0; i < sites; ++i)
      inputs.push_back(
          std::make_shared<AudioInput>(SourceId{static_cast<std::uint64_t>(i + 1)}, counters));
    for (int i = 0; i < 8; ++i) voices.push_back(voice(100 + 20 * i));
    core->set_inputs(inputs);
  }
  void receive() {
    const TimePoint now(std::chrono::hours(1) + n * std::chrono::milliseconds(20));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      UplinkPacket p;
      p.index = n;
      p.timestamp = static_cast<std::uint32_t>(n * kTickSamples);
      p.audio_level =
          static_cast<int>(i) < speaking ? static_cast<std::uint8_t>(20 + i % 5 * 5) : 90;
      const auto& packets = voices[i % voices.size()];
      p.payload = packets[static_cast<std::size_t>(n) % packets.size()];
      p.arrived = now;
      inputs[i]->on_uplink_packet(p);
    }
  }
  void tick(bool red) {
    AudioTick t;
    t.index = n;
    t.timestamp = static_cast<std::uint32_t>(n * kTickSamples);
    t.captured = TimePoint(std::chrono::hours(1) + n * std::chrono::milliseconds(20) +
                           std::chrono::milliseconds(5));
    benchmark::DoNotOptimize(core->tick(t, {true, red}));
    ++n;
  }
};

void report(benchmark::State& state, const Province& province) {
  state.counters["cores"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * 0.02,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["heard"] = province.counters->heard.value();
  state.counters["encodes"] = province.counters->encodes.value();
}

void Tick(benchmark::State& state) {
  Province province(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
  for (int i = 0; i < 100; ++i) province.receive(), province.tick(true);
  for (auto _ : state) {
    province.receive();  // part of the sound's cost, though it runs on the transport loops
    province.tick(true);
  }
  report(state, province);
}
// sites, of them speaking
BENCHMARK(Tick)
    ->Args({266, 5})
    ->Args({266, 1})
    ->Args({266, 0})
    ->Args({266, 40})
    ->Args({3, 1})
    ->Unit(benchmark::kMicrosecond);

void ReceiveOnly(benchmark::State& state) {
  Province province(266, 5);
  for (auto _ : state) {
    province.receive();
    state.PauseTiming();
    province.tick(false);
    state.ResumeTiming();
  }
}
BENCHMARK(ReceiveOnly)->Unit(benchmark::kMicrosecond)->Iterations(500);

}  // namespace
}  // namespace diemcau::media

BENCHMARK_MAIN();
