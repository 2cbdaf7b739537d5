#pragma once
// One rendition of the stage: the stream everybody reads and the encoder that exists only while
// somebody does. Packet numbers go on when the encoder is started again.

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "media/gst/pipeline_thread.hpp"
#include "media/mix/video_encoder.hpp"
#include "media/mix/video_metrics.hpp"
#include "media/mix/video_mixer.hpp"

namespace diemcau::media {

class RenditionStream : public std::enable_shared_from_this<RenditionStream> {
 public:
  struct Options {
    std::string name;  // "720p-h264": for metrics, from a bounded set
    StreamId id;
    VideoEncoderOptions encoder;
    Duration key_frame_period{};  // zero: only where one is asked for
    /// How long packets are kept: for repairs, and for the thinnest line that is to get a key
    /// frame.
    Duration history_age = std::chrono::seconds(2);
  };
  static std::shared_ptr<RenditionStream> create(Options options, std::vector<EventLoop*> loops,
                                                 const Clock& clock, Metrics& metrics,
                                                 std::shared_ptr<VideoMetrics> video_metrics,
                                                 std::shared_ptr<gst::PipelineThread> pipelines);

  const std::shared_ptr<EncodedStream>& stream() const noexcept { return stream_; }
  bool watched() const noexcept { return stream_->watched(); }

  /// The mixer's thread: encodes the picture if somebody watches and the encoder runs.
  void offer(const I420BufferPtr& picture, TimePoint captured);
  /// The mixer's thread: how many pictures a second are offered from now on. The encoder begins
  /// anew with a key frame.
  void set_frame_rate(int frames_per_second);
  /// Any thread: encodes no more.
  void close();

 private:
  RenditionStream(Options options, Metrics& metrics, std::shared_ptr<VideoMetrics> video_metrics,
                  std::shared_ptr<gst::PipelineThread> pipelines);
  void post_reconcile();
  void reconcile();  // on the pipeline thread: makes encoder and demand agree
  std::shared_ptr<VideoEncoder> encoder() const;
  void publish(std::unique_ptr<PacketChunk> chunk);  // on the streaming thread

  // Passed by argument.
  Options options_;
  std::shared_ptr<VideoMetrics> metrics_;
  Gauge& encodes_;
  std::shared_ptr<gst::PipelineThread> pipelines_;
  const Clock* clock_ = nullptr;

  // Allocated by this.
  std::shared_ptr<EncodedStream> stream_;
  mutable std::mutex encoder_mutex_;  // the pointer only; 25 times a second
  std::shared_ptr<VideoEncoder> encoder_;

  std::atomic<bool> key_wanted_{false};
  std::atomic<bool> closed_{false};
  std::atomic<bool> reconciling_{false};
  std::atomic<int> frames_per_second_;
  std::int64_t next_index_ = 0;  // the streaming thread's; handed over by joining it

  // The mixer's thread's.
  const VideoEncoder* offered_to_ = nullptr;
  TimePoint last_key_{};
  std::optional<TimePoint> last_try_;
};

}  // namespace diemcau::media
