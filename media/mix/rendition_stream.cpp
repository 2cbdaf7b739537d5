#include "media/mix/rendition_stream.hpp"

#include "base/log.hpp"

namespace diemcau::media {

namespace {
constexpr Duration kRetry = std::chrono::seconds(1);
}  // namespace

RenditionStream::RenditionStream(Options options, Metrics& metrics,
                                 std::shared_ptr<VideoMetrics> video_metrics,
                                 std::shared_ptr<gst::PipelineThread> pipelines)
    : options_(std::move(options)),
      metrics_(std::move(video_metrics)),
      encodes_(metrics.gauge("diemcau_encodes", "Video encoders running",
                             {{"rendition", options_.name}})),
      pipelines_(std::move(pipelines)),
      frames_per_second_(options_.encoder.frames_per_second) {}

std::shared_ptr<RenditionStream> RenditionStream::create(
    Options options, std::vector<EventLoop*> loops, const Clock& clock, Metrics& metrics,
    std::shared_ptr<VideoMetrics> video_metrics, std::shared_ptr<gst::PipelineThread> pipelines) {
  std::shared_ptr<RenditionStream> self(new RenditionStream(
      std::move(options), metrics, std::move(video_metrics), std::move(pipelines)));
  self->clock_ = &clock;
  // Readers may keep the stream longer than the mixer lives: weakly, both.
  StreamDemand demand;
  demand.on_watched = [weak = std::weak_ptr(self)](bool) {
    if (auto rendition = weak.lock()) rendition->post_reconcile();
  };
  demand.on_key_frame_needed = [weak = std::weak_ptr(self)] {
    if (auto rendition = weak.lock()) rendition->key_wanted_.store(true);
  };
  EncodedStream::Options stream;
  stream.id = self->options_.id;
  stream.codec = self->options_.encoder.codec;
  stream.label = "stage-" + self->options_.name;
  stream.history_age = self->options_.history_age;
  self->stream_ = EncodedStream::create(stream, std::move(loops), clock, std::move(demand));
  return self;
}

std::shared_ptr<VideoEncoder> RenditionStream::encoder() const {
  std::lock_guard lock(encoder_mutex_);
  return encoder_;
}

void RenditionStream::post_reconcile() {
  if (reconciling_.exchange(true, std::memory_order_acq_rel)) return;  // one is on its way
  pipelines_->post([weak = weak_from_this()] {
    if (auto self = weak.lock()) self->reconcile();
  });
}

void RenditionStream::reconcile() {
  reconciling_.store(false, std::memory_order_release);
  const bool wanted = stream_->watched() && !closed_.load(std::memory_order_acquire);
  auto running = encoder();
  const bool broken = running && running->failed();
  if (running && (!wanted || broken)) {
    {
      std::lock_guard lock(encoder_mutex_);
      encoder_.reset();
    }
    running->stop();
    running.reset();
    encodes_.add(-1);
    if (broken) metrics_->encoder_restarts.add();
  }
  if (!wanted || running) return;
  VideoEncoderEvents events;
  events.on_frame = [this](EncodedFramePtr frame) { stream_->publish(std::move(frame)); };
  events.on_packets = [this](std::unique_ptr<PacketChunk> chunk) { publish(std::move(chunk)); };
  VideoEncoderOptions options = options_.encoder;
  options.frames_per_second = frames_per_second_.load(std::memory_order_relaxed);
  auto made = VideoEncoder::create(options, std::move(events), metrics_);
  if (!made) {
    log::error("no encoder for {}: {}", stream_->options().label, made.error().detail);
    return;
  }
  encodes_.add(1);
  std::lock_guard lock(encoder_mutex_);
  encoder_ = std::move(*made);
}

void RenditionStream::set_frame_rate(int frames_per_second) {
  frames_per_second_.store(frames_per_second, std::memory_order_relaxed);
}

void RenditionStream::offer(const I420BufferPtr& picture, TimePoint captured) {
  auto to = encoder();
  if (!to || to->failed()) {
    // Being started, or it did not start, or it broke: looked after, but not at every picture.
    if (watched() && (!last_try_ || captured - *last_try_ >= kRetry)) {
      last_try_ = captured;
      post_reconcile();
    }
    return;
  }
  if (to.get() != offered_to_) {  // its first picture is a key frame anyway
    offered_to_ = to.get();
    last_key_ = captured;
    key_wanted_.store(false);
  } else if (key_wanted_.exchange(false) || (options_.key_frame_period > Duration{} &&
                                             captured - last_key_ >= options_.key_frame_period)) {
    last_key_ = captured;
    to->force_key_frame();
  }
  to->set_frame_rate(frames_per_second_.load(std::memory_order_relaxed));
  to->push(picture, captured);
}

void RenditionStream::publish(std::unique_ptr<PacketChunk> chunk) {
  for (auto& packet : chunk->packets) packet.index = next_index_++;
  chunk->produced = clock_->now();
  stream_->publish(PacketChunkPtr(std::move(chunk)));
}

void RenditionStream::close() {
  if (closed_.exchange(true, std::memory_order_acq_rel)) return;
  // Held until it ran: the encoder calls back into this.
  pipelines_->post([self = shared_from_this()] { self->reconcile(); });
}

}  // namespace diemcau::media
