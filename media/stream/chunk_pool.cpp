#include "media/stream/chunk_pool.hpp"

#include <new>

namespace diemcau::media {

/// A chunk with the control block of the shared_ptr to it.
struct ChunkPool::Node {
  PacketChunk chunk;
  alignas(std::max_align_t) std::byte control[96];
};

class ChunkPool::Shelf {
 public:
  ~Shelf() {
    while (const auto node = take()) delete node;
  }
  Node* take() noexcept {
    Node* node = nullptr;
    return back_.try_pop(node) ? node : nullptr;
  }
  void give_back(Node* node) noexcept {
    Node* kept = node;
    if (!back_.try_push(std::move(kept))) delete node;
  }

 private:
  BoundedQueue<Node*> back_{kKept};
};

/// Puts the control block into the node. It is the last to go of a chunk that nobody, weakly or
/// not, knows any more: only then may the node be used again.
template <class T>
class ChunkPool::ControlBlock {
 public:
  using value_type = T;

  ControlBlock(std::shared_ptr<Shelf> shelf, Node* node) noexcept
      : shelf_(std::move(shelf)), node_(node) {}
  template <class U>
  ControlBlock(const ControlBlock<U>& other) noexcept : shelf_(other.shelf_), node_(other.node_) {}

  T* allocate(std::size_t count) {
    static_assert(sizeof(T) <= sizeof(Node::control) && alignof(T) <= alignof(std::max_align_t));
    if (count != 1) throw std::bad_alloc();
    return reinterpret_cast<T*>(node_->control);
  }
  void deallocate(T*, std::size_t) noexcept { shelf_->give_back(node_); }
  template <class U>
  bool operator==(const ControlBlock<U>& other) const noexcept {
    return node_ == other.node_;
  }

 private:
  template <class U>
  friend class ControlBlock;
  std::shared_ptr<Shelf> shelf_;
  Node* node_;
};

ChunkPool::ChunkPool(std::size_t packet_bytes)
    : packet_bytes_(packet_bytes), shelf_(std::make_shared<Shelf>()) {}

std::shared_ptr<PacketChunk> ChunkPool::take() {
  Node* node = shelf_->take();
  if (node == nullptr) {
    node = new Node;
    node->chunk.bytes.reserve(packet_bytes_);
    node->chunk.packets.reserve(1);
  }
  node->chunk.bytes.clear();
  node->chunk.packets.clear();
  return std::shared_ptr<PacketChunk>(
      &node->chunk, [](PacketChunk*) {}, ControlBlock<PacketChunk>(shelf_, node));
}

}  // namespace diemcau::media
