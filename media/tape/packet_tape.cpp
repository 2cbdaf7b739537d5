#include "media/tape/packet_tape.hpp"

#include <algorithm>

#include "media/rtp/packet_output.hpp"

namespace diemcau::media {

PacketTape::PacketTape(Codec codec, Limits limits)
    : codec_(codec), limits_(limits), detector_(codec) {}

void PacketTape::record(TimePoint from) {
  arena_.clear();
  entries_.clear();
  arena_.reserve(limits_.bytes);
  entries_.reserve(limits_.packets);
  if (!chunks_) chunks_.emplace(kMaxForwardedPacket);
  detector_ = KeyFrameDetector(codec_);
  from_ = from;
  recording_ = true;
  full_ = false;
  position_ = 0;
}

void PacketTape::add(const UplinkPacket& packet) noexcept {
  if (!recording_ || packet.red || packet.payload.empty()) return;
  const Duration after = packet.arrived - from_;
  if (after < Duration::zero() || after > limits_.length) return;
  Entry entry;
  entry.info.key_start =
      is_video(codec_) && detector_.starts_key_frame(packet.timestamp, packet.payload);
  if (is_video(codec_) && entries_.empty() && !entry.info.key_start) return;
  if (entries_.size() == limits_.packets || arena_.size() + packet.payload.size() > limits_.bytes) {
    full_ = true;
    recording_ = false;  // a hole in the middle would look like a bad line
    return;
  }
  // What waited behind a gap was delivered after it, and is played so.
  entry.after = entries_.empty() ? after : std::max(after, entries_.back().after);
  entry.offset = arena_.size();
  entry.info.size = static_cast<std::uint16_t>(packet.payload.size());
  entry.info.marker = packet.marker;
  entry.info.timestamp = packet.timestamp;
  entry.info.index = packet.index;
  entry.info.audio_level = packet.audio_level;
  arena_.insert(arena_.end(), packet.payload.begin(), packet.payload.end());
  entries_.push_back(entry);
}

void PacketTape::clear() noexcept {
  recording_ = false;
  position_ = 0;
  std::vector<std::uint8_t>().swap(arena_);
  std::vector<Entry>().swap(entries_);
  chunks_.reset();
}

void PacketTape::rewind(TimePoint at) noexcept {
  stop();
  playing_from_ = at;
  position_ = 0;
}

PacketChunkPtr PacketTape::next(TimePoint now) {
  if (at_end() || playing_from_ + entries_[position_].after > now) return nullptr;
  const Entry& entry = entries_[position_++];
  auto chunk = chunks_->take();
  const auto* begin = arena_.data() + entry.offset;
  chunk->bytes.assign(begin, begin + entry.info.size);
  chunk->packets.push_back(entry.info);
  chunk->captured = chunk->produced = now;
  chunk->frame_end = entry.info.marker;
  return chunk;
}

}  // namespace diemcau::media
