#pragma once
// The full mix as AAC-LC (ISO/IEC 14496-3) for the recorder, by GStreamer's avenc_aac. It works on
// a streaming thread of its own; push and drain belong to the mix thread.

#include <functional>
#include <memory>
#include <vector>

#include "base/bounded_queue.hpp"
#include "base/result.hpp"
#include "media/gst/app_sink.hpp"
#include "media/gst/app_source.hpp"
#include "media/gst/pipeline.hpp"
#include "media/mix/audio_format.hpp"
#include "media/stream/encoded_frame.hpp"

namespace diemcau::media {

class AacEncoder {
 public:
  static constexpr int kFrameSamples = 1024;
  /// libavcodec's encoder begins with one frame of priming: what a decoder gives out for frame k
  /// is what went in as frame k − 1. `captured` of each frame is that of the sound a decoder
  /// gives out for it, so readers need no edit list.
  static constexpr int kPrimingSamples = 1024;

  static Result<std::unique_ptr<AacEncoder>> create(int bitrate);
  ~AacEncoder();
  AacEncoder(const AacEncoder&) = delete;
  AacEncoder& operator=(const AacEncoder&) = delete;

  /// One tick of sound whose first sample is of `captured`. A hole of up to a second since the
  /// last tick becomes silence; at a larger one, and after a failure, the encoder starts anew.
  /// False when that failed.
  bool push(const AudioBlock& block, TimePoint captured);
  /// Frames finished so far, in order.
  void drain(const std::function<void(EncodedFramePtr)>& take);
  /// Nobody reads: gives threads and memory back. The next push starts anew.
  void stop();
  bool running() const noexcept { return running_; }

 private:
  explicit AacEncoder(std::unique_ptr<gst::Pipeline> pipeline);
  bool start(TimePoint captured);
  bool push_samples(std::span<const float> samples);
  void on_sample(gst::Ptr<GstSample> sample);

  std::unique_ptr<gst::Pipeline> pipeline_;
  BoundedQueue<EncodedFramePtr> finished_{64};
  gst::AppSource source_;
  std::unique_ptr<gst::AppSink> sink_;

  bool running_ = false;
  TimePoint started_{};  // of the first sample pushed
  TimePoint retry_at_{};
  std::int64_t pushed_ = 0;  // samples since then
  // The streaming thread's, handed over by starting and stopping it.
  TimePoint first_captured_{};
  std::int64_t frames_ = 0;
  std::vector<std::uint8_t> config_;
};

}  // namespace diemcau::media
