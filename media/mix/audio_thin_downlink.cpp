#include "media/mix/audio_thin_downlink.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace diemcau::media {

namespace {
constexpr std::int64_t kKeepWarm = 170;  // packets an unused encoder is kept: 10 s
constexpr std::size_t kMostLanes = 32;
constexpr int kIndependentPackets = 1;
constexpr std::size_t kMostBytes = 480;  // of one packet; 16 kbit/s makes some 120

std::span<float> part(std::span<float> window, int tick) {
  return window.subspan(static_cast<std::size_t>(tick) * kTickSamples, kTickSamples);
}
}  // namespace

AudioThinDownlink::AudioThinDownlink(const OpusEncoderOptions& options, AudioCounters& counters,
                                     OpusVoiceEncoder shared)
    : options_(options), counters_(&counters) {
  lanes_.push_back(std::make_unique<Lane>(Lane{{}, std::move(shared), {}, kNever, 0}));
}

Result<AudioThinDownlink> AudioThinDownlink::create(const OpusEncoderOptions& options,
                                                    AudioCounters& counters) {
  auto encoder = OpusVoiceEncoder::create(options);
  if (!encoder) return encoder.error();
  return AudioThinDownlink(options, counters, std::move(*encoder));
}

void AudioThinDownlink::set_encodes(std::size_t n) {
  counters_->encodes.add(static_cast<double>(n) - static_cast<double>(encodes_));
  encodes_ = n;
}

void AudioThinDownlink::idle(const AudioBlock& shared) {
  previous_shared_ = shared;
  set_encodes(0);
  lanes_.front()->used = kNever;
  gathered_ = 0;
  own_.clear();
  if (lanes_.size() > 1) lanes_.resize(1);
}

void AudioThinDownlink::begin_anew() noexcept {
  for (auto& lane : lanes_) {
    lane->encoder.set_independent(true);
    lane->independent_left = kIndependentPackets;
  }
}

void AudioThinDownlink::gather(const AudioBlock& shared, const AudioBlock& sum,
                               std::span<const AudioVariant> variants) {
  std::copy(shared.begin(), shared.end(), part(shared_, gathered_).begin());
  std::copy(sum.begin(), sum.end(), part(sum_, gathered_).begin());
  for (const AudioVariant& variant : variants) {
    auto own = std::find_if(own_.begin(), own_.end(),
                            [&](const Own& o) { return o.source == variant.source; });
    if (own == own_.end()) {
      own_.push_back({variant.source, {}});
      own = std::prev(own_.end());
    }
    std::copy(variant.own->begin(), variant.own->end(), part(own->sound, gathered_).begin());
  }
}

AudioThinDownlink::Lane* AudioThinDownlink::lane_for(SourceId source) {
  const auto found = std::find_if(lanes_.begin(), lanes_.end(),
                                  [&](const auto& lane) { return lane->source == source; });
  Lane* lane = found != lanes_.end() ? found->get() : nullptr;
  if (lane == nullptr) {
    if (lanes_.size() >= kMostLanes) return nullptr;
    auto encoder = OpusVoiceEncoder::create(options_);
    if (!encoder) return nullptr;
    lanes_.push_back(std::make_unique<Lane>(Lane{source, std::move(*encoder), {}, kNever, 0}));
    lane = lanes_.back().get();
  }
  if (lane->used != index_ - 1) {
    // Its receiver comes from another encoder: bring this one to the same past, and lean on that
    // past as little as possible.
    std::array<std::uint8_t, kMostBytes> discarded;
    lane->encoder.set_independent(true);
    lane->encoder.encode(previous_shared_, discarded);
    lane->independent_left = kIndependentPackets;
  }
  return lane;
}

void AudioThinDownlink::append(PacketChunk& chunk, Lane& lane, std::span<const float> samples) {
  std::array<std::uint8_t, kMostBytes> bytes;
  const std::size_t size = lane.encoder.encode(samples, bytes);
  lane.used = index_;
  if (lane.independent_left > 0 && --lane.independent_left == 0)
    lane.encoder.set_independent(false);
  if (size == 0) return counters_->encode_failed.add();
  PacketInfo info;
  info.offset = static_cast<std::uint32_t>(chunk.bytes.size());
  info.size = static_cast<std::uint16_t>(size);
  info.timestamp = first_.timestamp;
  info.index = index_;
  info.variant = lane.source;
  info.audio_level = level_field(level_dbov(samples));
  chunk.bytes.insert(chunk.bytes.end(), bytes.begin(),
                     bytes.begin() + static_cast<std::ptrdiff_t>(size));
  chunk.packets.push_back(info);
}

std::shared_ptr<PacketChunk> AudioThinDownlink::encode(const AudioTick& tick,
                                                       const AudioBlock& shared,
                                                       const AudioBlock& sum,
                                                       std::span<const AudioVariant> variants) {
  // Ticks were skipped: a packet has one timestamp, so what came before them goes unsent.
  if (gathered_ > 0 &&
      tick.timestamp != first_.timestamp + static_cast<std::uint32_t>(gathered_ * kTickSamples)) {
    gathered_ = 0;
    own_.clear();
  }
  if (gathered_ == 0) first_ = tick;
  gather(shared, sum, variants);
  if (++gathered_ < kTicks) return nullptr;
  gathered_ = 0;

  std::erase_if(lanes_, [&, first = lanes_.front().get()](const auto& lane) {
    return lane.get() != first && index_ - lane->used > kKeepWarm;
  });
  auto chunk = std::make_shared<PacketChunk>();
  chunk->captured = first_.captured;
  chunk->packets.reserve(own_.size() + 1);
  if (Lane* lane = lane_for({})) append(*chunk, *lane, shared_);
  Window window;
  for (const Own& own : own_) {
    Lane* lane = lane_for(own.source);
    if (lane == nullptr) {
      counters_->encode_failed.add();
      continue;
    }
    for (std::size_t i = 0; i < window.size(); ++i) window[i] = sum_[i] - own.sound[i];
    lane->limiter.process(window);
    append(*chunk, *lane, window);
  }
  set_encodes(chunk->packets.size());
  own_.clear();
  previous_shared_ = shared;
  ++index_;
  return chunk;
}

}  // namespace diemcau::media
