// The whole way of a site's sound, from RTP payload to the mix: any bytes, timestamps, orders and
// pauses. The mix stays finite and inside its range.
//
// Input: records of 1 byte flags, 1 byte level, 2 bytes timestamp step, 1 byte length, payload.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>

#include "media/mix/audio_mix_core.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace diemcau;
  using namespace diemcau::media;
  Metrics metrics;
  auto counters = std::make_shared<AudioCounters>(metrics);
  auto core = *AudioMixCore::create({}, counters);
  auto input = std::make_shared<AudioInput>(SourceId{1}, counters);
  core->set_inputs(std::span(&input, 1));
  TimePoint now(std::chrono::hours(1));
  AudioTick tick;
  UplinkPacket packet;
  std::span rest(data, size);
  int ticks = 0;
  while (rest.size() >= 5 && ticks < 400) {
    const std::uint8_t flags = rest[0];
    packet.audio_level = rest[1] & 0x7F;
    packet.voice = (rest[1] & 0x80) != 0;
    const auto step = static_cast<std::int16_t>((rest[2] << 8) | rest[3]);
    packet.timestamp += static_cast<std::uint32_t>((flags & 1) != 0 ? step * 1'000 : step);
    packet.index += (flags >> 1) & 3;
    packet.red = (flags & 8) != 0;
    const std::size_t length = std::min<std::size_t>(rest[4], rest.size() - 5);
    packet.payload = rest.subspan(5, length);
    packet.arrived = now;
    input->on_uplink_packet(packet);
    if ((flags & 0xC0) == 0xC0) input->set_gate((flags & 16) != 0);
    rest = rest.subspan(5 + length);
    for (int i = 0; i < ((flags >> 4) & 3); ++i, ++ticks) {
      now += std::chrono::milliseconds(20);
      ++tick.index;
      tick.timestamp += kTickSamples;
      tick.captured = now;
      core->tick(tick, {});
      for (const float s : core->mix())
        if (!std::isfinite(s) || std::fabs(s) >= 1) std::abort();
    }
  }
  return 0;
}
