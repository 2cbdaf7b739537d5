#pragma once
// One input of the picture mix: RTP packets in order → whole frames → header inspection → decoder
// → newest picture. Every frame's header is read before the decoder sees it, and after a loss
// nothing is decoded until a key frame, so that a viewer sees the last good picture and no garbage.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/bounded_queue.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"
#include "media/codec/frame_assembler.hpp"
#include "media/codec/frame_header.hpp"
#include "media/codec/key_frame_detector.hpp"
#include "media/mix/decode_pool.hpp"
#include "media/mix/frame_decoder.hpp"
#include "media/mix/frame_slot.hpp"
#include "media/mix/i420_frame.hpp"
#include "media/mix/key_frame_wish.hpp"
#include "media/mix/video_metrics.hpp"
#include "media/rtp/uplink.hpp"

namespace diemcau::media {

struct VideoDecoderOptions {
  SourceId source;
  Codec codec = Codec::h264;
  /// Largest coded picture; a phone held upright may swap the sides.
  Size largest{1920, 1088};
  /// Dates decoded pictures; outlives the decoder.
  const Clock* clock = nullptr;
  /// Called on the transport loop or on whoever calls maintain(); paced.
  std::function<void(SourceId)> on_key_frame_needed;
};

class VideoDecoder final : public OrderedPacketSink,
                           public DecodeJob,
                           public std::enable_shared_from_this<VideoDecoder> {
 public:
  /// Frames and bytes that wait for a thread; above either the next whole frame is dropped.
  static constexpr std::size_t kMaxQueuedFrames = 64;
  static constexpr std::size_t kMaxQueuedBytes = std::size_t{4} << 20;

  static Result<std::shared_ptr<VideoDecoder>> create(VideoDecoderOptions options,
                                                      const DecodePool& pool,
                                                      std::shared_ptr<VideoMetrics> metrics);
  ~VideoDecoder() override;

  // OrderedPacketSink, on the site's transport loop.
  void on_ordered_packet(const UplinkPacket& packet, bool gap) noexcept override;

  // On the mixer's thread.
  /// The newest picture, if one came since the last take.
  bool take(PicturePtr& out) { return slot_.take(out); }
  /// Asks for a key frame if one is due.
  void maintain(TimePoint now);

  /// Any thread: stops decoding for good. Packets that still come are ignored.
  void close();

  // DecodeJob: decodes one frame.
  bool run() noexcept override;

 private:
  struct CodedFrame {
    std::vector<std::uint8_t> bytes;
    TimePoint arrived{};     // of its last packet
    bool after_gap = false;  // something before it is missing
  };

  VideoDecoder(VideoDecoderOptions options, FrameDecoder decoder, std::shared_ptr<DecodeQueue> pool,
               std::shared_ptr<VideoMetrics> metrics);
  // On the transport loop.
  void begin_frame(std::uint32_t timestamp);
  void end_frame();
  void lose_frame();
  void schedule();
  // On a thread of the pool, never on two.
  void decode(CodedFrame& frame);
  /// Nothing when the frame is not for the decoder, else whether it is a key frame.
  std::optional<bool> admit(const CodedFrame& frame);

  // Passed by argument.
  const VideoDecoderOptions options_;
  const std::shared_ptr<DecodeQueue> pool_;
  const std::shared_ptr<VideoMetrics> metrics_;

  // The transport loop's.
  KeyFrameDetector detector_;
  FrameAssembler assembler_;
  bool begun_ = false;                      // a key frame began
  std::optional<std::uint32_t> timestamp_;  // of the last packet
  TimePoint last_arrival_{};
  bool dropping_frame_ = false;
  bool gap_pending_ = false;

  // The pool's, one thread at a time; handed over by scheduled_.
  std::optional<FrameDecoder> decoder_;
  bool waiting_for_key_ = true;
  bool seen_parameters_ = false;

  // Shared.
  BoundedQueue<CodedFrame> frames_{kMaxQueuedFrames};
  BoundedQueue<std::vector<std::uint8_t>> spare_{4};  // memory of decoded frames, to be filled anew
  std::atomic<std::size_t> queued_frames_{0}, queued_bytes_{0};
  std::atomic<bool> scheduled_{false};  // waits for a thread of the pool, or is on one
  KeyFrameWish wish_;
  FrameSlot<PicturePtr> slot_;
  std::atomic<bool> closed_{false};
  std::atomic<bool> heard_since_ask_{false};
};

}  // namespace diemcau::media
