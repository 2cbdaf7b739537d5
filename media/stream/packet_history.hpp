#pragma once
// The newest packets of one stream as one transport loop keeps them: for retransmission (RFC 4588)
// and for readers that come in the middle. Chunks are shared; a slot costs one reference.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "media/stream/packet_chunk.hpp"

namespace diemcau::media {

class PacketHistory {
 public:
  /// `packets` is rounded up to a power of two. Memory is taken at the first push.
  PacketHistory(std::size_t packets, Duration age);

  /// Packets may come out of order (a forwarded stream after a repair).
  void push(const PacketChunkPtr& chunk, TimePoint now);
  void clear() noexcept;

  /// The packet with this index: its `variant`, else variant 0; nulls when it is too old.
  struct Found {
    const PacketChunk* chunk = nullptr;
    const PacketInfo* packet = nullptr;
  };
  Found find(std::int64_t index, SourceId variant) const noexcept;

  /// Calls `fn` with every kept chunk from the newest key frame on, in order; false when none.
  bool replay_from_key_frame(const std::function<void(const PacketChunk&)>& fn) const;

 private:
  struct Slot {
    std::int64_t index = 0;
    std::size_t first = 0;  // in chunk->packets: the first packet with this index
    TimePoint at{};
    PacketChunkPtr chunk;  // null: empty
  };
  Slot& slot(std::int64_t index) noexcept {
    return slots_[static_cast<std::size_t>(index) & (slots_.size() - 1)];
  }
  const Slot& slot(std::int64_t index) const noexcept {
    return slots_[static_cast<std::size_t>(index) & (slots_.size() - 1)];
  }
  void make_room(std::int64_t newest) noexcept;
  void expire(TimePoint now) noexcept;

  std::size_t capacity_;
  Duration age_;
  std::vector<Slot> slots_;
  bool empty_ = true;
  std::int64_t oldest_ = 0, newest_ = 0;  // indices; valid unless empty_
  std::optional<std::int64_t> key_index_;
};

}  // namespace diemcau::media
