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
#include "media/mix/composing_clock.hpp"
#include "media/mix/pace.hpp"
#include "media/mix/picture_watch.hpp"
#include "media/mix/rendition_stream.hpp"
#include "media/mix/stage_pictures.hpp"
#include "media/mix/video_decoder.hpp"
#include "media/mix/video_metrics.hpp"
#include "media/mix/video_mixer.hpp"
#include "media/mix/wall_pages.hpp"

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
  /// Waits until encoders asked for so far are started or stopped.
  void settle() { pipelines_->drain(); }
  const VideoCompositor& compositor() const noexcept { return pictures_.compositor(); }

  // VideoMixer, any thread.
  Result<std::shared_ptr<OrderedPacketSink>> open_input(SourceId source, Codec codec) override;
  void close_input(SourceId source) override;
  void set_plan(MixPlan plan) override;
  void set_frame_rate(int frames_per_second) override;
  void set_wall_page(int page, MixPlan plan) override;
  std::shared_ptr<EncodedStream> wall(Codec codec, int page) override;
  std::shared_ptr<EncodedStream> rendition(Rendition rendition) override;

 private:
  struct Input {
    SourceId source;
    std::shared_ptr<VideoDecoder> decoder;
    // The mixer's thread's.
    PicturePtr picture;
    TimePoint last_picture{};
    bool flowing = false;
    PictureWatch watch;
    bool told_black = false, told_frozen = false;
  };
  void run();
  void adopt_commands();
  void take_pictures(TimePoint now);
  void watch_picture(Input& input, TimePoint now);
  void tell_picture(Input& input, bool black, bool frozen);
  void compose_stage(TimePoint now);
  TileSource source_of(SourceId source) const;
  void follow_floor();
  VideoEncoderOptions encoder_options(Codec codec) const;
  VideoEncoderOptions encoder_options(Rendition rendition) const;
  std::shared_ptr<RenditionStream> stream_of(RenditionStream::Options options);

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
  std::map<std::pair<int, Codec>, std::shared_ptr<RenditionStream>> wall_streams_;
  std::optional<MixPlan> next_plan_;
  std::map<int, MixPlan> next_wall_plans_;
  std::vector<std::pair<int, std::shared_ptr<RenditionStream>>> new_wall_streams_;
  std::optional<int> next_frame_rate_;
  bool changed_ = true;
  bool stopping_ = false;
  std::condition_variable stop_;

  // The mixer's thread's.
  SequenceChecker sequence_;
  ComposingClock ticks_;
  StagePictures pictures_;
  std::optional<SourceId> floor_;
  Pace slides_pace_;
  WallPages wall_;
  std::map<SourceId, std::shared_ptr<Input>> seen_inputs_;
  std::vector<std::pair<Quality, std::shared_ptr<RenditionStream>>> seen_renditions_;
  std::vector<TileSource> sources_;

  // Allocated by this.
  const TimePoint epoch_;
  std::shared_ptr<VideoMetrics> counters_;
  std::shared_ptr<gst::PipelineThread> pipelines_;
  DecodePool decoders_;
  std::thread thread_;
};

}  // namespace diemcau::media
