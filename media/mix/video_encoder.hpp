#pragma once
// One rendition's encoder and packetizer: composed pictures in, whole coded frames and their RTP
// payloads out. No look-ahead and no B-frames: a picture leaves before the next one comes.
// Pictures enter on the mixer's thread; what is made leaves on the pipeline's streaming thread.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "media/gst/app_sink.hpp"
#include "media/gst/app_source.hpp"
#include "media/gst/pipeline.hpp"
#include "media/mix/i420_frame.hpp"
#include "media/mix/video_metrics.hpp"
#include "media/mix/video_mixer.hpp"

namespace diemcau::media {

struct VideoEncoderOptions {
  Codec codec = Codec::h264;
  H264Encoder h264_encoder = H264Encoder::openh264;
  int frames_per_second = 25;
  int bitrate = 1'500'000;  // bit/s
  /// PTS 0: no picture is older.
  TimePoint epoch{};
};

/// The encoder as gst-launch has it, named `enc`.
std::string encoder_element(const VideoEncoderOptions& options);

/// On the streaming thread: must only hand on. Each frame's packets come first, since viewers wait
/// for them and a recorder does not.
struct VideoEncoderEvents {
  /// Packets of one frame; `index` counts from 0 in each packet list and is the caller's to set.
  std::function<void(std::unique_ptr<PacketChunk>)> on_packets;
  std::function<void(EncodedFramePtr)> on_frame;
};

class VideoEncoder {
 public:
  /// Pictures waiting for the encoder; above it the oldest is dropped and counted.
  static constexpr std::uint64_t kMaxQueuedPictures = 2;

  static Result<std::unique_ptr<VideoEncoder>> create(VideoEncoderOptions options,
                                                      VideoEncoderEvents events,
                                                      std::shared_ptr<VideoMetrics> metrics);
  ~VideoEncoder();

  // The mixer's thread.
  /// The buffer is only read, and let go when coded. Sizes may change between pictures.
  void push(const I420BufferPtr& picture, TimePoint captured);
  /// Of the pictures pushed from now on; a change costs a key frame.
  void set_frame_rate(int frames_per_second);
  /// The next picture pushed becomes a key frame. Not throttled here.
  void force_key_frame();

  bool failed() const noexcept { return pipeline_->failed(); }
  /// Joins the streaming thread. Not from it.
  void stop() noexcept { pipeline_->stop(); }

 private:
  VideoEncoder(VideoEncoderOptions options, VideoEncoderEvents events,
               std::shared_ptr<VideoMetrics> metrics);
  Result<void> build();
  // On the streaming thread.
  void on_coded(GstPad* pad, GstBuffer* buffer);
  void on_payloads(const gst::Ptr<GstSample>& sample);
  void add_payload(GstBuffer* packet);
  void finish_frame();

  VideoEncoderOptions options_;
  VideoEncoderEvents events_;
  std::shared_ptr<VideoMetrics> metrics_;
  Size caps_size_{};
  std::atomic<int> frames_per_second_;

  // The streaming thread's: the frame being packetised.
  TimePoint captured_{};
  bool key_ = false;
  std::unique_ptr<PacketChunk> chunk_;
  std::shared_ptr<EncodedFrame> frame_;
  std::size_t bytes_hint_ = 16 * 1024;

  std::unique_ptr<gst::Pipeline> pipeline_;
  std::optional<gst::AppSource> source_;
  std::optional<gst::AppSink> sink_;
};

/// The stream's RTP clock: 90 kHz of the monotonic clock, one for all renditions of all mixers.
constexpr std::uint32_t video_rtp_timestamp(TimePoint captured) {
  return static_cast<std::uint32_t>(
      static_cast<std::uint64_t>(captured.time_since_epoch().count() / 1000) * 9 / 100);
}

}  // namespace diemcau::media
