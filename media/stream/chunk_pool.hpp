#pragma once
// Chunks of one packet for streams that are passed on untouched: packet by packet, so that making
// each anew would be three allocations a packet. What the last reader lets go of, on whatever
// loop, is used again.

#include <cstddef>
#include <memory>

#include "base/bounded_queue.hpp"
#include "media/stream/packet_chunk.hpp"

namespace diemcau::media {

class ChunkPool {
 public:
  /// Of those that came back, so many are kept; more are freed. Histories hold what is in use.
  static constexpr std::size_t kKept = 1024;

  /// `packet_bytes`: room a new chunk has for its packet.
  explicit ChunkPool(std::size_t packet_bytes);

  /// Empty, with the room of its last use. May outlive the pool.
  std::shared_ptr<PacketChunk> take();

 private:
  struct Node;
  class Shelf;
  template <class T>
  class ControlBlock;

  std::size_t packet_bytes_;
  std::shared_ptr<Shelf> shelf_;
};

}  // namespace diemcau::media
