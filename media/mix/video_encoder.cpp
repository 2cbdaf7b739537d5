#include "media/mix/video_encoder.hpp"

#include <string>

#include <gst/video/video.h>

#include "media/rtp/packet_output.hpp"

namespace diemcau::media {

namespace {
constexpr std::size_t kRtpHeader = 12;  // payloaders of ours add no CSRC and no extension

std::string description(const VideoEncoderOptions& o) {
  const std::string mtu = " mtu=" + std::to_string(kMaxRtpPayload + kRtpHeader) +
                          " timestamp-offset=0 seqnum-offset=0 ! ";
  std::string text = "appsrc name=in ! " + encoder_element(o) + " ! ";
  text +=
      o.codec == Codec::vp8
          ? "rtpvp8pay name=pay picture-id-mode=15-bit" + mtu
          : "video/x-h264,profile=constrained-baseline,stream-format=byte-stream,alignment=au ! "
            "rtph264pay name=pay aggregate-mode=zero-latency config-interval=0" +
                mtu;
  return text + "appsink name=out";
}

gst::Ptr<GstBuffer> wrap(const I420BufferPtr& picture) {
  auto* keep = new I420BufferPtr(picture);
  auto buffer = gst::adopt(gst_buffer_new_wrapped_full(
      GST_MEMORY_FLAG_READONLY, const_cast<std::uint8_t*>(picture->data()), picture->bytes(), 0,
      picture->bytes(), keep, [](gpointer p) { delete static_cast<I420BufferPtr*>(p); }));
  gsize offsets[GST_VIDEO_MAX_PLANES] = {};
  gint strides[GST_VIDEO_MAX_PLANES] = {};
  for (std::size_t p = 0; p < 3; ++p) {
    offsets[p] = picture->offsets()[p];
    strides[p] = picture->strides()[p];
  }
  gst_buffer_add_video_meta_full(buffer.get(), GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420,
                                 static_cast<guint>(picture->size().width),
                                 static_cast<guint>(picture->size().height), 3, offsets, strides);
  return buffer;
}
}  // namespace

/// Both H.264 encoders put SPS and PPS before every IDR, so the payloader repeats none.
/// Key frames are the caller's to time: the encoders' own intervals are off, else both would make
/// them. openh264enc: max-bitrate goes with bitrate, or every decrease makes an IDR.
std::string encoder_element(const VideoEncoderOptions& o) {
  const std::string bits = std::to_string(o.bitrate);
  if (o.codec == Codec::vp8) {
    // A negative cpu-used and one thread cost the same on an idle and on a busy machine.
    return "vp8enc name=enc threads=1 deadline=1 cpu-used=-12 end-usage=cbr target-bitrate=" +
           bits +
           " keyframe-mode=disabled lag-in-frames=0 error-resilient=default min-quantizer=4 "
           "max-quantizer=56 buffer-initial-size=500 buffer-optimal-size=600 buffer-size=1000 "
           "undershoot=95 max-intra-bitrate=600";
  }
  if (o.h264_encoder == H264Encoder::x264) {
    return "x264enc name=enc speed-preset=superfast tune=zerolatency threads=1 bframes=0 aud=false "
           "byte-stream=true key-int-max=2147483647 option-string=scenecut=0 bitrate=" +
           std::to_string(o.bitrate / 1000);
  }
  return "openh264enc name=enc usage-type=camera complexity=low rate-control=bitrate bitrate=" +
         bits + " max-bitrate=" + bits +
         " gop-size=0 slice-mode=n-slices num-slices=1 multi-thread=1 "
         "scene-change-detection=false";
}

Result<std::unique_ptr<VideoEncoder>> VideoEncoder::create(VideoEncoderOptions options,
                                                           VideoEncoderEvents events,
                                                           std::shared_ptr<VideoMetrics> metrics) {
  std::unique_ptr<VideoEncoder> encoder(
      new VideoEncoder(options, std::move(events), std::move(metrics)));
  if (auto built = encoder->build(); !built) return built.error();
  return encoder;
}

VideoEncoder::VideoEncoder(VideoEncoderOptions options, VideoEncoderEvents events,
                           std::shared_ptr<VideoMetrics> metrics)
    : options_(options),
      events_(std::move(events)),
      metrics_(std::move(metrics)),
      frames_per_second_(options.frames_per_second) {}

VideoEncoder::~VideoEncoder() {
  if (pipeline_) pipeline_->stop();
}

Result<void> VideoEncoder::build() {
  auto pipeline = gst::Pipeline::parse(description(options_), nullptr);
  if (!pipeline) return pipeline.error();
  pipeline_ = std::move(*pipeline);
  source_.emplace(*pipeline_, "in", kMaxQueuedPictures, gst::Drop::oldest);
  sink_.emplace(
      *pipeline_, "out", [this](gst::Ptr<GstSample> sample) { on_payloads(sample); }, true);
  auto pad = gst::adopt(gst_element_get_static_pad(pipeline_->element("pay"), "sink"));
  gst_pad_add_probe(
      pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
      [](GstPad* at, GstPadProbeInfo* info, gpointer self) {
        static_cast<VideoEncoder*>(self)->on_coded(at, GST_PAD_PROBE_INFO_BUFFER(info));
        return GST_PAD_PROBE_OK;
      },
      this, nullptr);
  return pipeline_->play();
}

void VideoEncoder::push(const I420BufferPtr& picture, TimePoint captured) {
  if (picture->size() != caps_size_) {
    caps_size_ = picture->size();
    source_->set_caps(gst::adopt(gst_caps_new_simple(
        "video/x-raw", "format", G_TYPE_STRING, "I420", "width", G_TYPE_INT, caps_size_.width,
        "height", G_TYPE_INT, caps_size_.height, "framerate", GST_TYPE_FRACTION,
        frames_per_second_.load(), 1, "colorimetry", G_TYPE_STRING, "bt601", "interlace-mode",
        G_TYPE_STRING, "progressive", "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, nullptr)));
  }
  auto buffer = wrap(picture);
  GST_BUFFER_PTS(buffer.get()) = static_cast<GstClockTime>((captured - options_.epoch).count());
  GST_BUFFER_DURATION(buffer.get()) =
      GST_SECOND / static_cast<GstClockTime>(frames_per_second_.load());
  if (source_->push(std::move(buffer)) != gst::AppSource::Pushed::taken) {
    metrics_->encode_dropped.add();
  }
}

void VideoEncoder::set_frame_rate(int frames_per_second) {
  if (frames_per_second == frames_per_second_.load()) return;
  frames_per_second_.store(frames_per_second);
  caps_size_ = {};  // said with the next picture
}

void VideoEncoder::force_key_frame() {
  auto pad = gst::adopt(gst_element_get_static_pad(pipeline_->element("enc"), "src"));
  // Without "all headers": the payloader would send those a second time.
  gst_pad_send_event(pad.get(),
                     gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, FALSE, 0));
}

void VideoEncoder::on_coded(GstPad* pad, GstBuffer* buffer) {
  finish_frame();  // of the last picture, had it no marker
  // Running time, not PTS: x264enc moves PTS and segment together.
  GstClockTime time = GST_BUFFER_PTS(buffer);
  if (auto event = gst::adopt(gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0))) {
    const GstSegment* segment = nullptr;
    gst_event_parse_segment(event.get(), &segment);
    time = gst_segment_to_running_time(segment, GST_FORMAT_TIME, time);
  }
  captured_ = options_.epoch + Duration(static_cast<std::int64_t>(time));
  key_ = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);

  auto frame = std::make_shared<EncodedFrame>();
  frame->codec = options_.codec;
  gst::MappedBuffer mapped(buffer);
  frame->data.assign(mapped.bytes().begin(), mapped.bytes().end());
  frame->captured = captured_;
  frame->duration = Duration(std::chrono::seconds(1)) / frames_per_second_.load();
  frame->key = key_;
  bytes_hint_ = frame->data.size() + frame->data.size() / 8 + 256;
  frame_ = std::move(frame);
}

void VideoEncoder::finish_frame() {
  if (chunk_) events_.on_packets(std::move(chunk_));
  if (frame_) events_.on_frame(std::move(frame_));
}

void VideoEncoder::on_payloads(const gst::Ptr<GstSample>& sample) {
  if (GstBufferList* list = gst_sample_get_buffer_list(sample.get())) {
    for (guint i = 0; i < gst_buffer_list_length(list); ++i) {
      add_payload(gst_buffer_list_get(list, i));
    }
  } else if (GstBuffer* packet = gst_sample_get_buffer(sample.get())) {
    add_payload(packet);
  }
}

void VideoEncoder::add_payload(GstBuffer* packet) {
  const gsize whole = gst_buffer_get_size(packet);
  std::uint8_t header[kRtpHeader];
  if (whole <= kRtpHeader || whole > kRtpHeader + kMaxRtpPayload) return;
  gst_buffer_extract(packet, 0, header, sizeof header);
  if (!chunk_) {
    chunk_ = std::make_unique<PacketChunk>();
    chunk_->bytes.reserve(bytes_hint_);
    chunk_->captured = captured_;
  }
  PacketInfo info;
  info.offset = static_cast<std::uint32_t>(chunk_->bytes.size());
  info.size = static_cast<std::uint16_t>(whole - kRtpHeader);
  info.marker = (header[1] & 0x80) != 0;
  info.key_start = key_ && chunk_->packets.empty();
  info.timestamp = video_rtp_timestamp(captured_);
  info.index = static_cast<std::int64_t>(chunk_->packets.size());
  chunk_->bytes.resize(chunk_->bytes.size() + info.size);
  gst_buffer_extract(packet, kRtpHeader, chunk_->bytes.data() + info.offset, info.size);
  chunk_->packets.push_back(info);
  if (info.marker) finish_frame();
}

}  // namespace diemcau::media
