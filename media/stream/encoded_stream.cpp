#include "media/stream/encoded_stream.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <utility>

#include "base/prefetch.hpp"
#include "media/stream/packet_history.hpp"

namespace diemcau::media {

namespace {
/// What most readers have in their first lines: the pointers that approach() follows.
constexpr std::size_t kFirstLines = 640;

/// Looks ahead from position `i` of so many readers.
void look_ahead(const std::vector<PacketReader*>& readers, std::size_t i,
                std::size_t count) noexcept {
  if (i + PacketReader::kAhead < count) prefetch(readers[i + PacketReader::kAhead], kFirstLines);
  for (unsigned distance = PacketReader::kAhead - 1; distance > 0; --distance)
    if (i + distance < count && readers[i + distance] != nullptr)
      readers[i + distance]->approach(distance);
}
}  // namespace

/// What one loop knows of the stream. Touched on that loop only.
struct EncodedStream::PerLoop {
  PerLoop(std::size_t packets, Duration age) : history(packets, age) {}

  std::vector<PacketReader*> readers;  // null: left while a chunk was being delivered
  bool delivering = false;
  bool history_ends = false;  // clear it when the delivery is over
  PacketHistory history;

  std::size_t present() const noexcept {
    return readers.size() -
           static_cast<std::size_t>(std::count(readers.begin(), readers.end(), nullptr));
  }
};

std::shared_ptr<EncodedStream> EncodedStream::create(Options options, std::vector<EventLoop*> loops,
                                                     const Clock& clock, StreamDemand demand) {
  return std::shared_ptr<EncodedStream>(
      new EncodedStream(std::move(options), std::move(loops), clock, std::move(demand)));
}

EncodedStream::EncodedStream(Options options, std::vector<EventLoop*> loops, const Clock& clock,
                             StreamDemand demand)
    : options_(std::move(options)),
      loops_(kMaxLoops, nullptr),
      clock_(clock),
      demand_(std::move(demand)),
      // Far enough in the past that the first request always passes.
      last_key_request_ns_((clock.now() - std::chrono::hours(1)).time_since_epoch().count()) {
  for (EventLoop* loop : loops) {
    if (loop->index() >= kMaxLoops) throw std::length_error("more transport loops than kMaxLoops");
    loops_[loop->index()] = loop;
    per_loop_[loop->index()] =
        std::make_unique<PerLoop>(options_.history_packets, options_.history_age);
  }
}

EncodedStream::~EncodedStream() = default;

void EncodedStream::publish(PacketChunkPtr chunk) {
  if (!chunk || chunk->packets.empty()) return;
  published_.fetch_add(chunk->packets.size(), std::memory_order_relaxed);
  std::uint32_t waiting = loops_with_readers_.load(std::memory_order_acquire);
  while (waiting != 0) {
    const auto index = static_cast<unsigned>(std::countr_zero(waiting));
    waiting &= waiting - 1;
    EventLoop& loop = *loops_[index];
    if (loop.is_current()) {
      deliver(index, chunk);  // forwarding on the site's own loop: no crossing, no wait
    } else {
      // The loop counts what it refuses; its readers then see a gap and ask for a key frame.
      loop.post_media([self = shared_from_this(), index, chunk] { self->deliver(index, chunk); });
    }
  }
}

void EncodedStream::deliver(unsigned loop_index, const PacketChunkPtr& chunk) noexcept {
  PerLoop& local = *per_loop_[loop_index];
  if (local.readers.empty() || local.delivering) return;
  local.history.push(chunk, clock_.now());
  local.delivering = true;
  // By position and with the size of now: who comes during delivery has asked for the history,
  // who leaves is a hole until the end.
  const std::size_t before = local.readers.size();
  for (std::size_t i = 0; i < before; ++i) {
    look_ahead(local.readers, i, before);
    if (local.readers[i] != nullptr) local.readers[i]->on_chunk(*this, *chunk);
  }
  local.delivering = false;
  std::erase(local.readers, nullptr);
  if (std::exchange(local.history_ends, false)) local.history.clear();
}

void EncodedStream::publish(EncodedFramePtr frame) {
  if (!frame) return;
  std::vector<std::shared_ptr<EncodedFrameReader>> present;
  int gone = 0;
  {
    const std::lock_guard lock(frame_readers_mutex_);
    present.reserve(frame_readers_.size());
    std::erase_if(frame_readers_, [&](const std::weak_ptr<EncodedFrameReader>& weak) {
      auto reader = weak.lock();
      if (!reader) {
        ++gone;
        return true;
      }
      present.push_back(std::move(reader));
      return false;
    });
  }
  if (gone > 0) count_readers(-gone);
  for (const auto& reader : present) reader->on_encoded_frame(frame);
}

void EncodedStream::request_key_frame() noexcept {
  if (!demand_.on_key_frame_needed) return;
  const std::int64_t now = clock_.now().time_since_epoch().count();
  std::int64_t last = last_key_request_ns_.load(std::memory_order_relaxed);
  if (now - last < options_.key_frame_interval.count()) return;
  // Whoever wins the exchange asks; the others' wish is served by the same key frame.
  if (last_key_request_ns_.compare_exchange_strong(last, now, std::memory_order_relaxed))
    demand_.on_key_frame_needed();
}

void EncodedStream::count_readers(int change) {
  // Held over the call, so that "watched" and "not watched" reach the encoder in order.
  const std::lock_guard lock(demand_mutex_);
  const int before = readers_.fetch_add(change, std::memory_order_relaxed);
  const bool was = before > 0, is = before + change > 0;
  if (was != is && demand_.on_watched) demand_.on_watched(is);
}

void EncodedStream::add_frame_reader(std::shared_ptr<EncodedFrameReader> reader) {
  if (!reader) return;
  {
    const std::lock_guard lock(frame_readers_mutex_);
    frame_readers_.push_back(reader);
  }
  count_readers(+1);
  if (is_video(options_.codec)) request_key_frame();
}

void EncodedStream::remove_frame_reader(const EncodedFrameReader* reader) {
  int removed = 0;
  {
    const std::lock_guard lock(frame_readers_mutex_);
    removed = static_cast<int>(
        std::erase_if(frame_readers_, [&](const std::weak_ptr<EncodedFrameReader>& weak) {
          const auto kept = weak.lock();
          return !kept || kept.get() == reader;
        }));
  }
  if (removed > 0) count_readers(-removed);
}

void EncodedStream::add_reader(EventLoop& loop, PacketReader& reader) {
  DIEMCAU_RUN_ON(loop.sequence());
  PerLoop& local = *per_loop_[loop.index()];
  if (std::find(local.readers.begin(), local.readers.end(), &reader) != local.readers.end()) return;
  local.readers.push_back(&reader);
  loops_with_readers_.fetch_or(1u << loop.index(), std::memory_order_release);
  count_readers(+1);
}

void EncodedStream::remove_reader(EventLoop& loop, PacketReader& reader) {
  DIEMCAU_RUN_ON(loop.sequence());
  PerLoop& local = *per_loop_[loop.index()];
  const auto found = std::find(local.readers.begin(), local.readers.end(), &reader);
  if (found == local.readers.end()) return;
  if (local.delivering)
    *found = nullptr;
  else
    local.readers.erase(found);
  if (local.present() == 0) {
    loops_with_readers_.fetch_and(~(1u << loop.index()), std::memory_order_release);
    // With nobody reading nothing is added any more: what is kept would end in a hole.
    if (local.delivering)
      local.history_ends = true;
    else
      local.history.clear();
  }
  count_readers(-1);
}

EncodedStream::Found EncodedStream::find(const EventLoop& loop, std::int64_t index,
                                         SourceId variant) const noexcept {
  DIEMCAU_RUN_ON(loop.sequence());
  const auto found = per_loop_[loop.index()]->history.find(index, variant);
  return {found.chunk, found.packet};
}

bool EncodedStream::replay_from_key_frame(const EventLoop& loop,
                                          const std::function<void(const PacketChunk&)>& fn) const {
  DIEMCAU_RUN_ON(loop.sequence());
  return per_loop_[loop.index()]->history.replay_from_key_frame(fn);
}

}  // namespace diemcau::media
