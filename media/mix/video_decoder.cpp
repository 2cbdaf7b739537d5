#include "media/mix/video_decoder.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include <gst/video/video.h>

#include "base/log.hpp"
#include "media/codec/h264_bitstream.hpp"
#include "media/codec/vp8_bitstream.hpp"

namespace diemcau::media {

namespace {
constexpr std::size_t kRtpHeader = 12;  // RFC 3550 §5.1, no CSRC, no extension
constexpr int kPayloadType = 96;

/// One thread each: a decoder's cost stays in its own streaming thread. vp8dec and avdec_vp8 cost
/// the same (0.38 s of CPU for 1 000 frames of 360p), so the reference decoder was taken.
std::string description(Codec codec) {
  const bool h264 = codec == Codec::h264;
  std::string text =
      "appsrc name=in caps=\"application/x-rtp,media=video,clock-rate=90000,payload=96,"
      "encoding-name=" +
      std::string(name_of(codec)) + "\" ! ";
  text += h264 ? "rtph264depay name=depay ! video/x-h264,stream-format=byte-stream,alignment=au ! "
                 "avdec_h264 name=dec max-threads=1 output-corrupt=false"
               : "rtpvp8depay name=depay ! vp8dec name=dec threads=1";
  text +=
      " discard-corrupted-frames=true automatic-request-sync-points=true ! "
      "appsink name=out caps=\"video/x-raw,format=I420\" max-buffers=2 drop=true";
  return text;
}

bool within(const FrameHeader& header, Size largest) {
  const auto [low, high] = std::minmax(header.width, header.height);
  const auto [low_most, high_most] = std::minmax(largest.width, largest.height);
  return low <= low_most && high <= high_most;
}

/// A decoder's own buffer, mapped while somebody shows it.
struct HeldFrame {
  gst::Ptr<GstSample> sample;
  GstVideoFrame frame{};
  bool mapped = false;
  HeldFrame() = default;
  HeldFrame(const HeldFrame&) = delete;
  HeldFrame& operator=(const HeldFrame&) = delete;
  ~HeldFrame() {
    if (mapped) gst_video_frame_unmap(&frame);
  }
};
}  // namespace

Result<std::shared_ptr<VideoDecoder>> VideoDecoder::create(VideoDecoderOptions options,
                                                           gst::PipelineThread& pipelines,
                                                           std::shared_ptr<VideoMetrics> metrics) {
  if (!is_video(options.codec)) {
    return make_error(Errc::unsupported, "mix.codec", "only H.264 and VP8 are decoded");
  }
  std::shared_ptr<VideoDecoder> decoder(
      new VideoDecoder(std::move(options), pipelines, std::move(metrics)));
  if (auto built = decoder->build(); !built) return built.error();
  return decoder;
}

VideoDecoder::VideoDecoder(VideoDecoderOptions options, gst::PipelineThread& pipelines,
                           std::shared_ptr<VideoMetrics> metrics)
    : options_(std::move(options)),
      pipelines_(pipelines),
      metrics_(std::move(metrics)),
      detector_(options_.codec) {}

VideoDecoder::~VideoDecoder() {
  if (pipeline_) pipeline_->stop();
  if (counted_) metrics_->decodes.add(-1);
}

Result<void> VideoDecoder::build() {
  auto pipeline = gst::Pipeline::parse(description(options_.codec), [this](const std::string&) {
    failed_.store(true, std::memory_order_release);
  });
  if (!pipeline) return pipeline.error();
  pipeline_ = std::move(*pipeline);
  source_.emplace(*pipeline_, "in", 2 * kMaxQueuedPackets, gst::Drop::newest);
  sink_.emplace(*pipeline_, "out",
                [this](gst::Ptr<GstSample> sample) { on_sample(std::move(sample)); });
  sink_->accept_video_meta();
  watch_frames();
  if (auto playing = pipeline_->play(); !playing) return playing.error();
  counted_ = true;
  metrics_->decodes.add(1);
  return {};
}

void VideoDecoder::watch_frames() {
  auto pad = gst::adopt(gst_element_get_static_pad(pipeline_->element("depay"), "src"));
  gst_pad_add_probe(
      pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
      [](GstPad*, GstPadProbeInfo* info, gpointer self) {
        return static_cast<VideoDecoder*>(self)->admit(GST_PAD_PROBE_INFO_BUFFER(info))
                   ? GST_PAD_PROBE_OK
                   : GST_PAD_PROBE_DROP;
      },
      this, nullptr);
  // A decoder that met broken data asks upstream for a key frame.
  gst_pad_add_probe(
      pad.get(), GST_PAD_PROBE_TYPE_EVENT_UPSTREAM,
      [](GstPad*, GstPadProbeInfo* info, gpointer self) {
        if (gst_video_event_is_force_key_unit(GST_PAD_PROBE_INFO_EVENT(info))) {
          auto& decoder = *static_cast<VideoDecoder*>(self);
          decoder.waiting_for_key_ = true;
          decoder.wish_.want();
        }
        return GST_PAD_PROBE_OK;
      },
      this, nullptr);
}

bool VideoDecoder::begins_frame(const UplinkPacket& packet) const noexcept {
  return !timestamp_ || *timestamp_ != packet.timestamp;
}

void VideoDecoder::on_ordered_packet(const UplinkPacket& packet, bool gap) noexcept {
  if (closed_.load(std::memory_order_acquire) || packet.payload.empty()) return;
  heard_since_ask_.store(true, std::memory_order_relaxed);
  if (!begun_) {
    // Depayloaders drop what comes before the first key frame without telling.
    begun_ = detector_.starts_key_frame(packet.timestamp, packet.payload);
    if (!begun_) wish_.want();
  }
  if (gap) {
    gap_pending_ = true;
    wish_.want();
  }
  if (begins_frame(packet)) {
    // Whole frames are dropped, so that what the decoder gets is complete.
    dropping_frame_ = source_->level() >= kMaxQueuedPackets;
  }
  timestamp_ = packet.timestamp;
  if (!dropping_frame_) {
    dropping_frame_ = source_->push(to_rtp(packet)) == gst::AppSource::Pushed::refused;
    if (!dropping_frame_) gap_pending_ = false;
  }
  if (dropping_frame_) {
    gap_pending_ = true;
    metrics_->decode_dropped.add();
    wish_.want();
  }
  if (wish_.due(packet.arrived)) {
    heard_since_ask_.store(false, std::memory_order_relaxed);
    options_.on_key_frame_needed(options_.source);
  }
}

gst::Ptr<GstBuffer> VideoDecoder::to_rtp(const UplinkPacket& packet) {
  if (!first_arrival_) {
    first_arrival_ = packet.arrived;
    epoch_ns_.store(packet.arrived.time_since_epoch().count(), std::memory_order_release);
  }
  last_arrival_ = std::max(last_arrival_, packet.arrived);
  // Numbers of our own: a jump stands for a gap and for nothing else, whatever the site's did.
  sequence_ = static_cast<std::uint16_t>(sequence_ + (gap_pending_ ? 2 : 1));
  auto buffer =
      gst::adopt(gst_buffer_new_allocate(nullptr, kRtpHeader + packet.payload.size(), nullptr));
  gst::MappedBuffer mapped(buffer.get(), GST_MAP_WRITE);
  std::uint8_t* p = mapped.bytes().data();
  p[0] = 0x80;
  p[1] = static_cast<std::uint8_t>((packet.marker ? 0x80 : 0) | kPayloadType);
  GST_WRITE_UINT16_BE(p + 2, sequence_);
  GST_WRITE_UINT32_BE(p + 4, packet.timestamp);
  GST_WRITE_UINT32_BE(p + 8, 1u);
  std::memcpy(p + kRtpHeader, packet.payload.data(), packet.payload.size());
  GST_BUFFER_PTS(buffer.get()) =
      static_cast<GstClockTime>((last_arrival_ - *first_arrival_).count());
  if (gap_pending_) GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_DISCONT);
  return buffer;
}

Result<FrameHeader> VideoDecoder::inspect(GstBuffer* frame) const {
  gst::MappedBuffer mapped(frame);
  return options_.codec == Codec::h264 ? inspect_h264_access_unit(mapped.bytes())
                                       : inspect_vp8_frame(mapped.bytes());
}

bool VideoDecoder::admit(GstBuffer* frame) {
  if (GST_BUFFER_FLAG_IS_SET(frame, GST_BUFFER_FLAG_DISCONT)) waiting_for_key_ = true;
  const auto header = inspect(frame);
  if (!header) {
    metrics_->refused_malformed.add();
    waiting_for_key_ = true;
    wish_.want();
    return false;
  }
  if (!within(*header, options_.largest)) {
    metrics_->refused_size.add();
    waiting_for_key_ = true;  // but none is asked for: it would be as large
    wish_.fulfilled();
    return false;
  }
  seen_parameters_ |= header->width > 0;
  if (header->key && seen_parameters_) {
    waiting_for_key_ = false;
    wish_.fulfilled();
  } else if (waiting_for_key_) {
    wish_.want();
  }
  return !waiting_for_key_;
}

void VideoDecoder::on_sample(gst::Ptr<GstSample> sample) {
  GstBuffer* buffer = gst_sample_get_buffer(sample.get());
  GstVideoInfo info;
  if (buffer == nullptr || !gst_video_info_from_caps(&info, gst_sample_get_caps(sample.get()))) {
    return;
  }
  if (GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_CORRUPTED)) return;
  auto held = std::make_shared<HeldFrame>();
  if (!gst_video_frame_map(&held->frame, &info, buffer, GST_MAP_READ)) return;
  held->mapped = true;
  auto picture = std::make_shared<Picture>();
  picture->view.width = GST_VIDEO_FRAME_WIDTH(&held->frame);
  picture->view.height = GST_VIDEO_FRAME_HEIGHT(&held->frame);
  for (std::size_t p = 0; p < 3; ++p) {
    picture->view.data[p] = static_cast<const std::uint8_t*>(held->frame.data[p]);
    picture->view.stride[p] = held->frame.info.stride[p];
  }
  if (GST_BUFFER_PTS_IS_VALID(buffer)) {
    picture->arrived = TimePoint(Duration(epoch_ns_.load(std::memory_order_acquire) +
                                          static_cast<std::int64_t>(GST_BUFFER_PTS(buffer))));
  }
  held->sample = std::move(sample);
  if (options_.clock != nullptr) picture->decoded = options_.clock->now();
  picture->keep = std::move(held);
  slot_.put(std::move(picture));
}

void VideoDecoder::maintain(TimePoint now) {
  if (closed_.load(std::memory_order_acquire)) return;
  // A site that sends nothing is not asked again and again.
  if (wish_.wanted() && heard_since_ask_.load(std::memory_order_relaxed) && wish_.due(now)) {
    heard_since_ask_.store(false, std::memory_order_relaxed);
    options_.on_key_frame_needed(options_.source);
  }
  if (!failed_.load(std::memory_order_acquire)) return;
  if (last_restart_ && now - *last_restart_ < kLeastBetweenRestarts) return;
  last_restart_ = now;
  failed_.store(false, std::memory_order_release);
  metrics_->decoder_restarts.add();
  log::warn("decoder of source {} failed and begins anew", options_.source.value);
  pipelines_.post([weak = weak_from_this()] {
    auto self = weak.lock();
    if (!self || self->closed_.load(std::memory_order_acquire)) return;
    self->pipeline_->stop();
    self->waiting_for_key_ = true;
    self->seen_parameters_ = false;
    self->wish_.want();
    if (!self->pipeline_->play()) self->failed_.store(true, std::memory_order_release);
  });
}

void VideoDecoder::close() {
  if (closed_.exchange(true, std::memory_order_acq_rel)) return;
  pipelines_.post([self = shared_from_this()] {
    self->pipeline_->stop();
    self->metrics_->decodes.add(-1);
    self->counted_ = false;
  });
}

}  // namespace diemcau::media
