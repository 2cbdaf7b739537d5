// What the sound of a meeting costs against its sites, five of them heard: CPU seconds of one
// thread per second of meeting, reception included though it runs on the transport loops. Beside
// it, in the same run, what libopus alone needs for the same decodes and encodes.

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <numbers>
#include <string_view>
#include <vector>

#include "media/mix/audio_mix_core.hpp"
#include "tests/bench/thread_cpu.hpp"

namespace diemcau::media {
namespace {

constexpr int kHeard = 5;
constexpr int kWarmUp = 100;  // ticks
constexpr double kTickSeconds = 0.02;

using Voice = std::vector<std::vector<std::uint8_t>>;

AudioBlock voice_block(double pitch, int n) {
  AudioBlock block;
  for (int i = 0; i < kTickSamples; ++i) {
    const double t = static_cast<double>(n * kTickSamples + i) / kAudioRate;
    double s = 0;
    for (int harmonic = 1; harmonic < 12; ++harmonic)
      s += std::sin(2 * std::numbers::pi * pitch * harmonic * t) / harmonic;
    block[static_cast<std::size_t>(i)] =
        static_cast<float>(0.15 * s * std::pow(std::sin(4 * std::numbers::pi * t), 2));
  }
  return block;
}

/// A second of a voice-like sound in packets, played over and over.
Voice voice(double pitch) {
  auto encoder = *OpusVoiceEncoder::create({});
  Voice packets;
  for (int n = 0; n < 50; ++n) {
    std::vector<std::uint8_t> packet(600);
    packet.resize(encoder.encode(voice_block(pitch, n), packet));
    packets.push_back(std::move(packet));
  }
  return packets;
}

struct Province {
  Metrics metrics;
  std::shared_ptr<AudioCounters> counters = std::make_shared<AudioCounters>(metrics);
  std::unique_ptr<AudioMixCore> core = *AudioMixCore::create({}, counters);
  std::vector<std::shared_ptr<AudioInput>> inputs;
  std::vector<Voice> voices;
  int speaking;
  std::int64_t n = 0;
  std::size_t bytes = 0;

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
  void tick(AudioMixCore::Wants wants) {
    AudioTick t;
    t.index = n;
    t.timestamp = static_cast<std::uint32_t>(n * kTickSamples);
    t.captured = TimePoint(std::chrono::hours(1) + n * std::chrono::milliseconds(20) +
                           std::chrono::milliseconds(5));
    const auto chunks = core->tick(t, wants);
    if (chunks.red) bytes += chunks.red->bytes.size();
    ++n;
  }
};

template <typename Work>
double cores(int ticks, const Work& work) {
  for (int i = 0; i < kWarmUp; ++i) work(i);
  const double before = bench::thread_cpu_seconds();
  for (int i = 0; i < ticks; ++i) work(i);
  return (bench::thread_cpu_seconds() - before) / (ticks * kTickSeconds);
}

double meeting(int sites, AudioMixCore::Wants wants, int ticks) {
  const int speakers = std::min(sites, kHeard);
  Province province(sites, speakers);
  const double cost = cores(ticks, [&](int) {
    province.receive();
    province.tick(wants);
  });
  const bool encodes = wants.opus || wants.red;
  if (province.counters->heard.value() != speakers ||
      province.counters->encodes.value() != (encodes ? speakers + 1 : 0)) {
    std::fprintf(stderr, "audio bench: not the meeting that was to be measured\n");
    std::exit(1);
  }
  return cost;
}

double decodes_alone(int ticks) {
  std::vector<OpusVoiceDecoder> decoders;
  std::vector<Voice> voices;
  for (int i = 0; i < kHeard; ++i) {
    decoders.push_back(*OpusVoiceDecoder::create());
    voices.push_back(voice(100 + 20 * i));
  }
  AudioBlock out;
  return cores(ticks, [&](int n) {
    for (std::size_t i = 0; i < decoders.size(); ++i)
      decoders[i].decode(voices[i][static_cast<std::size_t>(n) % 50], out);
  });
}

double encodes_alone(int ticks) {
  const AudioMixerOptions options;
  std::vector<OpusVoiceEncoder> encoders;
  for (int i = 0; i <= kHeard; ++i)
    encoders.push_back(*OpusVoiceEncoder::create(
        {options.opus_bitrate, options.opus_complexity, options.expected_loss}));
  std::vector<AudioBlock> blocks;  // the five voices at once, as the mix has them
  for (int n = 0; n < 50; ++n) {
    AudioBlock sum{};
    for (int i = 0; i < kHeard; ++i) {
      const AudioBlock one = voice_block(100 + 20 * i, n);
      for (std::size_t s = 0; s < sum.size(); ++s) sum[s] += one[s] / 2;
    }
    blocks.push_back(sum);
  }
  std::array<std::uint8_t, 600> packet;
  return cores(ticks, [&](int n) {
    for (auto& encoder : encoders) encoder.encode(blocks[static_cast<std::size_t>(n) % 50], packet);
  });
}

void figure(const char* name, double value, const char* unit, const char* text) {
  std::printf("%-52s %8.4f %s\n", text, value, unit);
  std::printf("{\"figure\":\"%s\",\"value\":%.5f,\"unit\":\"%s\"}\n", name, value, unit);
}

int run(bool sweep) {
  constexpr AudioMixCore::Wants kRed{true, true, false}, kNone{};
  if (sweep) {
    for (const int sites : {1, 5, 16, 66, 133, 266}) {
      const double cost = meeting(sites, kRed, 250);
      std::printf("%4d sites %.4f cores\n", sites, cost);
      std::printf(
          "{\"figure\":\"sound.cost\",\"series\":\"all\",\"n\":%d,\"value\":%.5f,"
          "\"unit\":\"cores\"}\n",
          sites, cost);
      const double mixing = meeting(sites, kNone, 250);
      std::printf(
          "{\"figure\":\"sound.cost\",\"series\":\"without encodes\",\"n\":%d,"
          "\"value\":%.5f,\"unit\":\"cores\"}\n",
          sites, mixing);
    }
    return 0;
  }
  const double all = meeting(266, kRed, 500);
  const double without = meeting(266, kNone, 1'000);
  const double decodes = decodes_alone(1'000), encodes = encodes_alone(500);
  figure("sound.total", all, "cores", "266 sites, five heard, plain and RED");
  figure("sound.codec", decodes + encodes, "cores", "libopus alone: five decodes, six encodes");
  figure("sound.ratio", all / (decodes + encodes), "x", "the first against the second");
  figure("sound.without_encodes", without, "cores", "266 sites, five heard, nobody listening");
  figure("sound.mixing", without - decodes, "cores", "of that, receiving and mixing");
  return 0;
}

}  // namespace
}  // namespace diemcau::media

int main(int argc, char** argv) {
  return diemcau::media::run(argc > 1 && std::string_view(argv[1]) == "sweep");
}
