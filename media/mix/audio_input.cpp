#include "media/mix/audio_input.hpp"

#include <algorithm>
#include <utility>

namespace diemcau::media {

namespace {
// What RED adds around silence: one redundant header, the primary's, and the redundant block.
constexpr std::size_t kRedOverSilence = 5 + SilenceGate::kSilentBytes;
}  // namespace

AudioInput::AudioInput(SourceId source, std::shared_ptr<AudioCounters> counters)
    : source_(source), counters_(std::move(counters)) {}

void AudioInput::on_uplink_packet(const UplinkPacket& packet) noexcept {
  if (!gate_open()) {
    counters_->gated_closed.add();
    return;
  }
  std::size_t bytes = packet.payload.size();
  if (packet.red) bytes -= std::min(bytes, kRedOverSilence);
  const auto verdict = silence_.on_packet(packet.audio_level, packet.voice, bytes, packet.arrived);
  // Without levels its size is all that tells silence.
  const std::uint8_t level = silence_.metered()                  ? packet.audio_level
                             : bytes > SilenceGate::kSilentBytes ? std::uint8_t{0}
                                                                 : std::uint8_t{127};
  if (level < loudest_.load(std::memory_order_relaxed))
    loudest_.store(level, std::memory_order_relaxed);
  if (verdict == SilenceGate::Verdict::drop) {
    counters_->gated_silence.add();
    if (inaudible_.fetch_add(1, std::memory_order_relaxed) % kTimingEvery != 0) return;
  }
  AudioPacket record;
  record.index = packet.index;
  record.timestamp = packet.timestamp;
  record.arrived = packet.arrived;
  record.level = packet.audio_level;
  record.metered = silence_.metered();
  record.red = packet.red;
  record.end_of_speech = verdict == SilenceGate::Verdict::pass_as_last;
  record.timing_only = verdict == SilenceGate::Verdict::drop;
  if (!record.timing_only && (packet.payload.empty() || !record.set_payload(packet.payload))) {
    counters_->invalid_size.add();
    return;
  }
  if (!queue_.try_push(std::move(record))) counters_->queue_dropped.add();
}

}  // namespace diemcau::media
