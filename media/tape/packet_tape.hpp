#pragma once
// A few seconds of one slot as they arrived, still encoded, in memory, and the same packets once
// more at the pace they came. Knows no thread and no clock: its owner brings both.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "media/codec/key_frame_detector.hpp"
#include "media/rtp/uplink.hpp"
#include "media/stream/chunk_pool.hpp"
#include "media/stream/packet_chunk.hpp"

namespace diemcau::media {

class PacketTape {
 public:
  struct Limits {
    Duration length{};
    std::size_t bytes = 0;  // payloads together
    std::size_t packets = 0;
  };

  PacketTape(Codec codec, Limits limits);

  /// Forgets what it holds and keeps what arrives from now on. Takes all its memory here.
  void record(TimePoint from);
  /// Kept while there is time and room; a picture begins with a key frame. Allocates nothing.
  void add(const UplinkPacket& packet) noexcept;
  void stop() noexcept { recording_ = false; }
  /// Gives its memory back.
  void clear() noexcept;

  std::size_t packets() const noexcept { return entries_.size(); }
  std::size_t bytes() const noexcept { return arena_.size(); }
  /// Something was left out for want of room.
  bool full() const noexcept { return full_; }

  /// From the beginning, whose time is `at`.
  void rewind(TimePoint at) noexcept;
  /// The next packet whose time has come, as a chunk to publish; null when none is due. Indices and
  /// timestamps are the sender's: what was lost on the way up stays a gap. Chunks that nobody reads
  /// any more are used again.
  PacketChunkPtr next(TimePoint now);
  bool at_end() const noexcept { return position_ == entries_.size(); }

 private:
  struct Entry {
    Duration after{};        // the beginning
    std::size_t offset = 0;  // in arena_
    PacketInfo info;
  };

  const Codec codec_;
  const Limits limits_;
  KeyFrameDetector detector_;
  std::vector<std::uint8_t> arena_;
  std::vector<Entry> entries_;
  std::optional<ChunkPool> chunks_;  // while there is a recording
  TimePoint from_{};
  bool recording_ = false;
  bool full_ = false;
  TimePoint playing_from_{};
  std::size_t position_ = 0;
};

}  // namespace diemcau::media
