#pragma once
// One encoding (or one forwarded camera) and everybody who reads it.
//
// publish() runs on the one thread that makes the stream and crosses once to every transport loop
// that has readers, whatever their number. Each loop keeps its own history of shared chunks, so a
// reader finds retransmissions and the last key frame without a lock.

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/event_loop.hpp"
#include "base/ids.hpp"
#include "media/stream/codec.hpp"
#include "media/stream/encoded_frame.hpp"
#include "media/stream/packet_chunk.hpp"

namespace diemcau::media {

class EncodedStream;

/// Reads packets on one transport loop. on_chunk is called on that loop, in order of publication.
class PacketReader {
 public:
  virtual void on_chunk(EncodedStream& stream, const PacketChunk& chunk) noexcept = 0;

  /// How many readers ahead of its turn a reader is first looked at.
  static constexpr unsigned kAhead = 4;
  /// With hundreds of readers what on_chunk needs has left the cache since the last chunk. So it is
  /// fetched ahead, pointer by pointer: the reader's own first lines at a distance of kAhead, then
  /// what approach() finds there at kAhead − 1 … 1 readers before its turn. Changes nothing.
  virtual void approach([[maybe_unused]] unsigned distance) const noexcept {}

 protected:
  ~PacketReader() = default;
};

/// What the producer wants to know. Both may be called from any thread and must only set a flag
/// or post.
struct StreamDemand {
  /// First reader came (true) or last one left (false): an encoder runs only while watched.
  std::function<void(bool watched)> on_watched;
  /// Somebody needs a key frame. Already merged: at most one call per key_frame_interval.
  std::function<void()> on_key_frame_needed;
};

class EncodedStream : public std::enable_shared_from_this<EncodedStream> {
 public:
  static constexpr std::size_t kMaxLoops = 16;

  struct Options {
    StreamId id;
    Codec codec = Codec::h264;
    std::string label;  // "stage-720p-h264": for metrics and logs, from a bounded set
    Duration key_frame_interval = std::chrono::milliseconds(300);
    /// Packets kept for retransmission and for late joiners: by age and by number.
    Duration history_age = std::chrono::seconds(2);
    std::size_t history_packets = 2048;
  };

  /// `loops`: all transport loops of the process by index; borrowed for life.
  static std::shared_ptr<EncodedStream> create(Options options, std::vector<EventLoop*> loops,
                                               const Clock& clock, StreamDemand demand);
  ~EncodedStream();

  const Options& options() const noexcept { return options_; }
  StreamId id() const noexcept { return options_.id; }
  Codec codec() const noexcept { return options_.codec; }
  bool watched() const noexcept { return readers_.load(std::memory_order_relaxed) > 0; }
  /// Packets published so far, for benchmarks.
  std::uint64_t published() const noexcept { return published_.load(std::memory_order_relaxed); }

  // The producer's thread.
  void publish(PacketChunkPtr chunk);
  void publish(EncodedFramePtr frame);

  // Any thread.
  void request_key_frame() noexcept;
  /// Frame readers (the recorder). Kept weakly: it leaves by being destroyed or by remove.
  void add_frame_reader(std::shared_ptr<EncodedFrameReader> reader);
  void remove_frame_reader(const EncodedFrameReader* reader);

  // On loop `loop` only.
  void add_reader(EventLoop& loop, PacketReader& reader);
  void remove_reader(EventLoop& loop, PacketReader& reader);
  /// The packet with this index (and variant, else variant 0), or null when it is too old.
  struct Found {
    const PacketChunk* chunk = nullptr;
    const PacketInfo* packet = nullptr;
  };
  Found find(const EventLoop& loop, std::int64_t index, SourceId variant) const noexcept;
  /// Calls `fn` with every kept chunk from the newest key frame on; false when there is none.
  bool replay_from_key_frame(const EventLoop& loop,
                             const std::function<void(const PacketChunk&)>& fn) const;

 private:
  EncodedStream(Options options, std::vector<EventLoop*> loops, const Clock& clock,
                StreamDemand demand);
  struct PerLoop;
  void deliver(unsigned loop_index, const PacketChunkPtr& chunk) noexcept;
  void count_readers(int change);

  Options options_;
  std::vector<EventLoop*> loops_;
  const Clock& clock_;
  StreamDemand demand_;
  std::array<std::unique_ptr<PerLoop>, kMaxLoops> per_loop_;
  std::atomic<std::uint32_t> loops_with_readers_{0};  // bit per loop
  std::atomic<int> readers_{0};
  std::mutex demand_mutex_;  // orders on_watched calls; not the packet path
  std::atomic<std::uint64_t> published_{0};
  std::atomic<std::int64_t> last_key_request_ns_;
  std::mutex frame_readers_mutex_;  // not the packet path
  std::vector<std::weak_ptr<EncodedFrameReader>> frame_readers_;
};

}  // namespace diemcau::media
