#include "media/mix/audio_downlink.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "media/codec/red.hpp"
#include "media/rtp/packet_output.hpp"

namespace diemcau::media {

namespace {
constexpr std::int64_t kKeepWarm = 500;  // ticks an unused encoder is kept: 10 s
constexpr std::size_t kMostLanes = 32;
constexpr int kIndependentPackets = 2;
constexpr std::size_t kRedOverhead = 5;  // one redundant header and the last one
}  // namespace

AudioDownlink::AudioDownlink(const OpusEncoderOptions& options, std::uint8_t red_pt,
                             AudioCounters& counters, OpusVoiceEncoder shared)
    : options_(options), red_payload_type_(red_pt), counters_(&counters) {
  lanes_.push_back(std::make_unique<Lane>(Lane{{}, std::move(shared), {}, {}, {}, -1, 0}));
}

Result<AudioDownlink> AudioDownlink::create(const OpusEncoderOptions& options,
                                            std::uint8_t red_block_payload_type,
                                            AudioCounters& counters) {
  auto encoder = OpusVoiceEncoder::create(options);
  if (!encoder) return encoder.error();
  return AudioDownlink(options, red_block_payload_type, counters, std::move(*encoder));
}

void AudioDownlink::set_encodes(std::size_t n) {
  counters_->encodes.add(static_cast<double>(n) - static_cast<double>(encodes_));
  encodes_ = n;
}

void AudioDownlink::idle() {
  set_encodes(0);
  if (lanes_.size() > 1) lanes_.resize(1);
}

void AudioDownlink::begin_anew() noexcept {
  for (auto& lane : lanes_) {
    lane->encoder.set_independent(true);
    lane->independent_left = kIndependentPackets;
  }
}

AudioDownlink::Lane* AudioDownlink::lane_for(SourceId source, const AudioTick& tick) {
  const auto found = std::find_if(lanes_.begin() + 1, lanes_.end(),
                                  [&](const auto& lane) { return lane->source == source; });
  Lane* lane = found != lanes_.end() ? found->get() : nullptr;
  if (lane == nullptr) {
    if (lanes_.size() >= kMostLanes) return nullptr;
    auto encoder = OpusVoiceEncoder::create(options_);
    if (!encoder) return nullptr;
    lanes_.push_back(std::make_unique<Lane>(Lane{source, std::move(*encoder), {}, {}, {}, -1, 0}));
    lane = lanes_.back().get();
  }
  if (lane->used != tick.index - 1) {
    // Its receiver comes from the shared encoder: bring this one to the same past, and lean on
    // that past as little as possible.
    std::array<std::uint8_t, 560> discarded;
    lane->encoder.set_independent(true);
    lane->encoder.encode(previous_shared_, discarded);
    lane->independent_left = kIndependentPackets;
    lane->now.index = -1;
  }
  return lane;
}

void AudioDownlink::run(Lane& lane, const AudioBlock& block, const AudioTick& tick) {
  std::swap(lane.before, lane.now);
  lane.now.size = lane.encoder.encode(block, lane.now.bytes);
  lane.now.level = level_field(level_dbov(block));
  lane.now.index = tick.index;
  lane.used = tick.index;
  if (lane.now.size == 0) counters_->encode_failed.add();
  if (lane.independent_left > 0 && --lane.independent_left == 0)
    lane.encoder.set_independent(false);
}

void AudioDownlink::append(PacketChunk& chunk, const Lane& lane, const AudioTick& tick,
                           bool red) const {
  if (lane.now.size == 0) return;
  PacketInfo info;
  info.offset = static_cast<std::uint32_t>(chunk.bytes.size());
  info.timestamp = tick.timestamp;
  info.index = tick.index;
  info.variant = lane.source;
  info.audio_level = lane.now.level;
  if (!red) {
    chunk.bytes.insert(chunk.bytes.end(), lane.now.bytes.begin(),
                       lane.now.bytes.begin() + static_cast<std::ptrdiff_t>(lane.now.size));
    info.size = static_cast<std::uint16_t>(lane.now.size);
  } else {
    // Where this lane was not at work a tick ago, its receiver was sent the shared packet.
    const Packet* before = &lane.before;
    if (before->index != tick.index - 1) before = &lanes_.front()->before;
    std::array<RedBlock, 2> blocks{
        RedBlock{red_payload_type_, static_cast<std::uint16_t>(kTickSamples), before->span()},
        RedBlock{red_payload_type_, 0, lane.now.span()}};
    const bool whole = before->index == tick.index - 1 && before->size > 0 &&
                       before->size + lane.now.size + kRedOverhead <= kMaxRtpPayload;
    chunk.bytes.resize(chunk.bytes.size() + kMaxRtpPayload);
    const std::size_t n =
        build_red(whole ? std::span<const RedBlock>(blocks) : std::span(blocks).subspan(1),
                  std::span(chunk.bytes).subspan(info.offset));
    chunk.bytes.resize(info.offset + n);
    if (n == 0) return;
    info.size = static_cast<std::uint16_t>(n);
  }
  chunk.packets.push_back(info);
}

AudioDownlink::Chunks AudioDownlink::encode(const AudioTick& tick, const AudioBlock& shared,
                                            const AudioBlock& sum,
                                            std::span<const AudioVariant> variants, bool want_opus,
                                            bool want_red) {
  std::erase_if(lanes_, [&, first = lanes_.front().get()](const auto& lane) {
    return lane.get() != first && tick.index - lane->used > kKeepWarm;
  });
  std::vector<Lane*> at_work;
  at_work.reserve(variants.size() + 1);
  run(*lanes_.front(), shared, tick);
  at_work.push_back(lanes_.front().get());
  AudioBlock block;
  for (const AudioVariant& variant : variants) {
    Lane* lane = lane_for(variant.source, tick);
    if (lane == nullptr) {
      counters_->encode_failed.add();
      continue;
    }
    for (std::size_t i = 0; i < block.size(); ++i) block[i] = sum[i] - (*variant.own)[i];
    lane->limiter.process(block);
    run(*lane, block, tick);
    at_work.push_back(lane);
  }
  previous_shared_ = shared;
  set_encodes(at_work.size());

  Chunks chunks;
  const auto make = [&](bool red) {
    auto chunk = std::make_shared<PacketChunk>();
    chunk->captured = tick.captured;
    chunk->bytes.reserve(at_work.size() * (red ? 320 : 160) + (red ? kMaxRtpPayload : 0));
    chunk->packets.reserve(at_work.size());
    for (const Lane* lane : at_work) append(*chunk, *lane, tick, red);
    return chunk;
  };
  if (want_opus) chunks.opus = make(false);
  if (want_red) chunks.red = make(true);
  return chunks;
}

}  // namespace diemcau::media
