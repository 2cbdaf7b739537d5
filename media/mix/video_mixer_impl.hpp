#pragma once
// The mixer behind video_mixer.hpp. compose_once() is one tick: the thread calls it 25 times a
// second, tests call it with times of their own.

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/sequence_checker.hpp"
#include "media/gst/pipeline_thread.hpp"
#include "media/mix/rendition_stream.hpp"
#include "media/mix/stage_pictures.hpp"
#include "media/mix/video_decoder.hpp"
#include "media/mix/video_metrics.hpp"
#include "media/mix/video_mixer.hpp"

namespace diemcau::media {

class VideoMixerImpl final : public VideoMixer {
 public:
  VideoMixerImpl(VideoMixerOptions options, std::vector<EventLoop*> loops, const Clock& clock,
                 Metrics& metrics, VideoMixerEvents events);
  ~VideoMixerImpl() override;

  /// Starts the thread. Without it somebody else calls compose_once.
  void start();
  /// One tick: takes the newest pictures, tells of flow, composes and encodes for whoever watches.
  /// `now` is stamped on the picture as captured.
  void compose_once(TimePoint now);
  /// Waits until decoders and encoders asked for so far are started or stopped.
  void settle() { pipelines_->drain(); }
  const VideoCompositor& compositor() const noexcept { return pictures_.compositor(); }

  // VideoMixer, any thread.
  Result<std::shared_ptr<OrderedPacketSink>> open_input(SourceId source, Codec codec) override;
  void close_input(SourceId source) override;
  void set_plan(MixPlan plan) override;
  std::shared_ptr<EncodedStream> rendition(Rendition rendition) override;

 private:
  struct Input {
    SourceId source;
    std::shared_ptr<VideoDecoder> decoder;
    // The mixer's thread's.
    PicturePtr picture;
    TimePoint last_picture{};
    bool flowing = false;
  };
  void run();
  void adopt_commands();
  void take_pictures(TimePoint now);
  void gather_sources();
  VideoEncoderOptions encoder_options(Rendition rendition) const;

  // Passed by argument.
  const VideoMixerOptions options_;
  const std::vector<EventLoop*> loops_;
  const Clock& clock_;
  Metrics& metrics_;
  const VideoMixerEvents events_;

  // Commands, read by the mixer's thread at each tick: 25 short locks a second.
  std::mutex mutex_;
  std::map<SourceId, std::shared_ptr<Input>> inputs_;
  std::map<Rendition, std::shared_ptr<RenditionStream>> renditions_;
  std::optional<MixPlan> next_plan_;
  bool changed_ = true;
  bool stopping_ = false;
  std::condition_variable stop_;

  // The mixer's thread's.
  SequenceChecker sequence_;
  StagePictures pictures_;
  std::map<SourceId, std::shared_ptr<Input>> seen_inputs_;
  std::vector<std::pair<Quality, std::shared_ptr<RenditionStream>>> seen_renditions_;
  std::vector<TileSource> sources_;

  // Allocated by this.
  const TimePoint epoch_;
  std::shared_ptr<VideoMetrics> counters_;
  std::shared_ptr<gst::PipelineThread> pipelines_;
  std::thread thread_;
};

}  // namespace diemcau::media
