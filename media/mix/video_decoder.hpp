#pragma once
// One input of the picture mix: RTP packets in order → whole frames → header inspection → decoder
// → newest picture. Every frame's header is read before the decoder sees it, and after a loss
// nothing is decoded until a key frame, so that a viewer sees the last good picture and no garbage.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/sequence_checker.hpp"
#include "media/codec/frame_header.hpp"
#include "media/codec/key_frame_detector.hpp"
#include "media/gst/app_sink.hpp"
#include "media/gst/app_source.hpp"
#include "media/gst/pipeline.hpp"
#include "media/gst/pipeline_thread.hpp"
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
                           public std::enable_shared_from_this<VideoDecoder> {
 public:
  /// Packets waiting above this: the next whole frame is dropped.
  static constexpr std::uint64_t kMaxQueuedPackets = 256;
  static constexpr Duration kLeastBetweenRestarts = std::chrono::seconds(1);

  /// `pipelines` tears the decoder down and restarts it; it outlives close().
  static Result<std::shared_ptr<VideoDecoder>> create(VideoDecoderOptions options,
                                                      gst::PipelineThread& pipelines,
                                                      std::shared_ptr<VideoMetrics> metrics);
  ~VideoDecoder() override;

  // OrderedPacketSink, on the site's transport loop.
  void on_ordered_packet(const UplinkPacket& packet, bool gap) noexcept override;

  // On the mixer's thread.
  /// The newest picture, if one came since the last take.
  bool take(PicturePtr& out) { return slot_.take(out); }
  /// Asks for a key frame if one is due; restarts the decoder after an error.
  void maintain(TimePoint now);

  /// Any thread: stops decoding for good. Packets that still come are ignored.
  void close();

 private:
  VideoDecoder(VideoDecoderOptions options, gst::PipelineThread& pipelines,
               std::shared_ptr<VideoMetrics> metrics);
  Result<void> build();
  void watch_frames();
  // On the streaming thread.
  bool admit(GstBuffer* frame);
  Result<FrameHeader> inspect(GstBuffer* frame) const;
  void on_sample(gst::Ptr<GstSample> sample);

  bool begins_frame(const UplinkPacket& packet) const noexcept;
  gst::Ptr<GstBuffer> to_rtp(const UplinkPacket& packet);

  // Passed by argument.
  VideoDecoderOptions options_;
  gst::PipelineThread& pipelines_;
  std::shared_ptr<VideoMetrics> metrics_;

  // The transport loop's.
  KeyFrameDetector detector_;
  bool begun_ = false;                      // a key frame began
  std::optional<std::uint32_t> timestamp_;  // of the last packet
  std::optional<TimePoint> first_arrival_;
  TimePoint last_arrival_{};
  std::uint16_t sequence_ = 0;
  bool dropping_frame_ = false;
  bool gap_pending_ = false;

  // The streaming thread's; handed over by joining it.
  bool waiting_for_key_ = true;
  bool seen_parameters_ = false;

  // Shared.
  KeyFrameWish wish_;
  FrameSlot<PicturePtr> slot_;
  std::atomic<std::int64_t> epoch_ns_{0};  // PTS 0 in time since epoch
  std::atomic<bool> failed_{false};
  std::atomic<bool> closed_{false};
  std::atomic<bool> heard_since_ask_{false};
  bool counted_ = false;

  // The mixer's thread's.
  std::optional<TimePoint> last_restart_;

  // Allocated by this; its two ends borrow from the pipeline.
  std::unique_ptr<gst::Pipeline> pipeline_;
  std::optional<gst::AppSource> source_;
  std::optional<gst::AppSink> sink_;
};

}  // namespace diemcau::media
