#pragma once
// A meeting's sound in simulated time: sites with microphones, the mix core, and what each would
// hear, decoded.

#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "media/mix/audio_mix_core.hpp"
#include "tests/media/mix/audio/simulated_microphone.hpp"

namespace diemcau::media::test {

struct Site {
  std::shared_ptr<AudioInput> input;
  std::unique_ptr<SimulatedMicrophone> microphone;
};

/// Takes the packets meant for one source (0: a listener only) and decodes them.
class Listener {
 public:
  /// samples: of each packet.
  explicit Listener(SourceId self, int samples = kTickSamples) : self_(self), samples_(samples) {}

  void take(const PacketChunk& chunk) {
    const PacketInfo* mine = nullptr;
    for (const auto& p : chunk.packets)
      if (p.variant == self_ || (p.variant == SourceId{} && mine == nullptr)) mine = &p;
    ASSERT_NE(mine, nullptr);
    std::vector<float> block(kMaxOpusSamples);
    const int n = decoder_.decode(chunk.payload(*mine), block);
    ASSERT_EQ(n, samples_);
    heard.insert(heard.end(), block.begin(), block.begin() + n);
  }
  std::span<const float> last(std::size_t n) const { return std::span(heard).last(n); }

  std::vector<float> heard;

 private:
  SourceId self_;
  int samples_;
  OpusVoiceDecoder decoder_ = *OpusVoiceDecoder::create();
};

struct Hall {
  explicit Hall(AudioMixerOptions options = {}) { core = *AudioMixCore::create(options, counters); }

  Metrics metrics;
  std::shared_ptr<AudioCounters> counters = std::make_shared<AudioCounters>(metrics);
  std::unique_ptr<AudioMixCore> core;
  TimePoint start{std::chrono::hours(1)};
  TimePoint now{start};
  std::int64_t ticks = 0;
  AudioMixCore::Wants wants{true, false, false};
  std::map<std::uint64_t, Site> sites;
  std::map<std::uint64_t, Listener> listeners;  // 0: everybody else
  std::map<std::uint64_t, Listener> thin_listeners;
  AudioDownlink::Chunks last;
  std::vector<float> mixed;

  Site& join(std::uint64_t id, MicrophoneOptions options) {
    options.seed = static_cast<unsigned>(id);
    // Sites are not in step with each other.
    const TimePoint begins = now + std::chrono::microseconds(id * 1'370 % 20'000);
    sites[id] = {std::make_shared<AudioInput>(SourceId{id}, counters),
                 std::make_unique<SimulatedMicrophone>(options, begins)};
    update();
    return sites[id];
  }
  void leave(std::uint64_t id) {
    sites.erase(id);
    update();
  }
  void update() {
    std::vector<std::shared_ptr<AudioInput>> inputs;
    for (auto& [id, site] : sites) inputs.push_back(site.input);
    core->set_inputs(inputs);
  }
  void listen(std::uint64_t id) { listeners.emplace(id, Listener(SourceId{id})); }
  void listen_thin(std::uint64_t id) {
    wants.thin = true;
    thin_listeners.emplace(id, Listener(SourceId{id}, 3 * kTickSamples));
  }
  Listener& thin_listener(std::uint64_t id) { return thin_listeners.at(id); }
  Listener& listener(std::uint64_t id) { return listeners.at(id); }

  void tick() {
    now += std::chrono::milliseconds(20);
    for (auto& [id, site] : sites) site.microphone->deliver_until(now, *site.input);
    AudioTick t;
    t.index = ticks;
    t.timestamp = static_cast<std::uint32_t>(ticks * kTickSamples);
    t.captured = now;
    ++ticks;
    last = core->tick(t, wants);
    mixed.insert(mixed.end(), core->mix().begin(), core->mix().end());
    if (last.opus)
      for (auto& [id, listener] : listeners) listener.take(*last.opus);
    if (last.thin)
      for (auto& [id, listener] : thin_listeners) listener.take(*last.thin);
  }
  void run(Duration length) {
    for (Duration t{}; t < length; t += std::chrono::milliseconds(20)) tick();
  }
  std::vector<std::uint64_t> heard() const {
    std::vector<std::uint64_t> ids;
    for (const auto& s : core->heard()) ids.push_back(s.source.value);
    return ids;
  }
};

}  // namespace diemcau::media::test
