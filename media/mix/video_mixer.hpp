#pragma once
// The stage's picture: decodes what is shown, composes it 25 times a second on its own thread
// (`vmix-C`), encodes each rendition only while somebody watches it.

#include <functional>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "base/event_loop.hpp"
#include "base/ids.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "media/mix/media_notice.hpp"
#include "media/mix/mix_plan.hpp"
#include "media/mix/rendition.hpp"
#include "media/rtp/uplink.hpp"
#include "media/stream/encoded_stream.hpp"

namespace diemcau::media {

enum class H264Encoder { openh264, x264 };

struct VideoMixerOptions {
  std::string name;  // short, for the thread name
  int frames_per_second = 25;
  H264Encoder h264_encoder = H264Encoder::openh264;
  // bit/s, nominal
  int bitrate_1080 = 3'000'000, bitrate_720 = 1'500'000, bitrate_360 = 500'000,
      bitrate_180 = 150'000, bitrate_slides = 30'000, bitrate_wall = 600'000;
  int slides_per_second = 5;
  Duration key_frame_period = std::chrono::seconds(5);  // so that a recording seeks; none of slides
  /// A tile without a new frame for this long is drawn as lost even if the plan says live.
  Duration stall_after = std::chrono::seconds(2);
  Size largest_input{1920, 1088};  // a coded picture above is refused before its decoder sees it
  std::uint64_t first_stream_id = 1;
};

/// Events, on the mixer's threads: receivers must only post.
struct VideoMixerEvents {
  /// A decoder needs a key frame from this source. Already paced (≥ 200 ms apart per source).
  std::function<void(SourceId)> on_key_frame_needed;
  /// A tile began or ceased to get frames.
  std::function<void(SourceId, bool flowing)> on_flow_changed;
  /// Something began or ceased to be wrong with a picture that is decoded.
  std::function<void(MediaNotice)> on_notice;
};

/// Facade: commands from the conference's strand, by value.
class VideoMixer {
 public:
  static Result<std::unique_ptr<VideoMixer>> create(VideoMixerOptions options,
                                                    std::vector<EventLoop*> loops,
                                                    const Clock& clock, Metrics& metrics,
                                                    VideoMixerEvents events);
  virtual ~VideoMixer() = default;

  /// A decoder for one camera or screen; feed it from the site's transport loop. Decoding runs
  /// until close_input. Bounded: packets above its queue are dropped and a key frame is asked.
  virtual Result<std::shared_ptr<OrderedPacketSink>> open_input(SourceId source, Codec codec) = 0;
  virtual void close_input(SourceId source) = 0;

  /// Takes effect at the next frame. Tiles whose source has no input show their name card.
  virtual void set_plan(MixPlan plan) = 0;

  /// Pictures a second from now on, 1…60: fewer where the machine is short. Slides and wall keep
  /// theirs. Each encoder begins anew with a key frame.
  virtual void set_frame_rate(int frames_per_second) = 0;

  /// A page of the wall, thumbnails drawn from ordinary inputs; takes effect at its next picture.
  /// Pages count from 0; others than 0…kWallPages-1 are not kept.
  static constexpr int kWallPages = 64;
  virtual void set_wall_page(int page, MixPlan plan) = 0;
  /// Its stream, five pictures a second: the same object each time, composed and encoded only while
  /// it is watched. Null where there is no such page number.
  virtual std::shared_ptr<EncodedStream> wall(Codec codec, int page) = 0;

  /// The stream of a rendition, at its nominal bitrate: the same object each time, encoded only
  /// while it is watched.
  virtual std::shared_ptr<EncodedStream> rendition(Rendition rendition) = 0;
};

}  // namespace diemcau::media
