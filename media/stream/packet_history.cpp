#include "media/stream/packet_history.hpp"

#include <algorithm>
#include <bit>

namespace diemcau::media {

PacketHistory::PacketHistory(std::size_t packets, Duration age)
    : capacity_(std::bit_ceil(std::max<std::size_t>(packets, 2))), age_(age) {}

void PacketHistory::clear() noexcept {
  for (Slot& s : slots_) s = Slot{};
  empty_ = true;
  key_index_.reset();
}

void PacketHistory::make_room(std::int64_t newest) noexcept {
  const auto lowest = newest - static_cast<std::int64_t>(capacity_) + 1;
  if (lowest > newest_) {  // a jump beyond everything kept
    clear();
    return;
  }
  for (; oldest_ < lowest; ++oldest_) slot(oldest_) = Slot{};
}

void PacketHistory::expire(TimePoint now) noexcept {
  // The newest stays whatever its age: a still slide must serve a late retransmission too.
  while (oldest_ < newest_) {
    Slot& s = slot(oldest_);
    if (s.chunk && now - s.at <= age_) return;
    s = Slot{};
    ++oldest_;
  }
}

void PacketHistory::push(const PacketChunkPtr& chunk, TimePoint now) {
  if (slots_.empty()) slots_.resize(capacity_);
  for (std::size_t i = 0; i < chunk->packets.size(); ++i) {
    const std::int64_t index = chunk->packets[i].index;
    if (i > 0 && chunk->packets[i - 1].index == index) continue;  // another variant of the same
    if (!empty_ && index > newest_) make_room(index);
    if (empty_) {
      empty_ = false;
      oldest_ = newest_ = index;
    }
    if (index < oldest_) {
      if (newest_ - index >= static_cast<std::int64_t>(capacity_)) continue;
      oldest_ = index;
    }
    newest_ = std::max(newest_, index);
    slot(index) = Slot{index, i, now, chunk};
    if (chunk->packets[i].key_start && (!key_index_ || index > *key_index_)) key_index_ = index;
  }
  if (!empty_) expire(now);
  if (key_index_ && !empty_ && *key_index_ < oldest_) key_index_.reset();
}

PacketHistory::Found PacketHistory::find(std::int64_t index, SourceId variant) const noexcept {
  if (empty_ || index < oldest_ || index > newest_) return {};
  const Slot& s = slot(index);
  if (!s.chunk || s.index != index) return {};
  Found found;
  for (std::size_t i = s.first; i < s.chunk->packets.size(); ++i) {
    const PacketInfo& p = s.chunk->packets[i];
    if (p.index != index) break;
    if (p.variant == variant) return {s.chunk.get(), &p};
    if (!p.variant) found = {s.chunk.get(), &p};
  }
  return found;
}

bool PacketHistory::replay_from_key_frame(const std::function<void(const PacketChunk&)>& fn) const {
  if (empty_ || !key_index_) return false;
  const PacketChunk* previous = nullptr;
  for (std::int64_t i = *key_index_; i <= newest_; ++i) {
    const Slot& s = slot(i);
    if (!s.chunk || s.index != i || s.chunk.get() == previous) continue;
    previous = s.chunk.get();
    fn(*previous);
  }
  return true;
}

}  // namespace diemcau::media
