#include <algorithm>
#include <chrono>

#include <libyuv/scale.h>
#include <pthread.h>

#include "media/gst/runtime.hpp"
#include "media/mix/video_mixer_impl.hpp"

namespace diemcau::media {

namespace {
constexpr int kHeights[] = {720, 360};

std::string thread_name(const char* prefix, const std::string& name) {
  return (prefix + name).substr(0, 15);
}

Rendition known(Rendition wanted) {
  wanted.height = wanted.height > kHeights[1] ? kHeights[0] : kHeights[1];
  return wanted;
}

std::uint64_t ordinal(const Rendition& rendition) {
  return (rendition.codec == Codec::vp8 ? 2u : 0u) + (rendition.height == kHeights[1] ? 1u : 0u);
}
}  // namespace

Result<std::unique_ptr<VideoMixer>> VideoMixer::create(VideoMixerOptions options,
                                                       std::vector<EventLoop*> loops,
                                                       const Clock& clock, Metrics& metrics,
                                                       VideoMixerEvents events) {
  if (auto ready = gst::require_elements(); !ready) return ready.error();
  if (options.frames_per_second < 1 || options.frames_per_second > 60) {
    return make_error(Errc::invalid_argument, "mix.frame_rate", "1 to 60 frames per second");
  }
  auto mixer = std::make_unique<VideoMixerImpl>(std::move(options), std::move(loops), clock,
                                                metrics, std::move(events));
  mixer->start();
  return std::unique_ptr<VideoMixer>(std::move(mixer));
}

VideoMixerImpl::VideoMixerImpl(VideoMixerOptions options, std::vector<EventLoop*> loops,
                               const Clock& clock, Metrics& metrics, VideoMixerEvents events)
    : options_(std::move(options)),
      loops_(std::move(loops)),
      clock_(clock),
      metrics_(metrics),
      events_(std::move(events)),
      epoch_(clock.now()),
      counters_(std::make_shared<VideoMetrics>(metrics)),
      pipelines_(std::make_shared<gst::PipelineThread>(thread_name("vpipe-", options_.name))) {}

VideoMixerImpl::~VideoMixerImpl() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
  for (auto& [source, input] : inputs_) input->decoder->close();
  for (auto& [key, rendition] : renditions_) rendition->close();
  pipelines_->drain();
}

void VideoMixerImpl::start() {
  thread_ = std::thread([this] { run(); });
}

void VideoMixerImpl::run() {
  pthread_setname_np(pthread_self(), thread_name("vmix-", options_.name).c_str());
  const TimePoint start = clock_.now();
  // Counted from the start, so that the rate is exact and rounding never adds up.
  const auto tick_time = [&](std::int64_t tick) {
    return start + Duration(tick * 1'000'000'000 / options_.frames_per_second);
  };
  std::unique_lock lock(mutex_);
  for (std::int64_t tick = 0;; ++tick) {
    while (!stopping_ && clock_.now() < tick_time(tick)) {
      stop_.wait_for(lock, tick_time(tick) - clock_.now());
    }
    if (stopping_) return;
    lock.unlock();
    while (tick_time(tick + 1) <= clock_.now()) {  // late: leave out, never catch up in a burst
      ++tick;
      counters_->ticks_skipped.add();
    }
    compose_once(tick_time(tick));
    lock.lock();
  }
}

void VideoMixerImpl::adopt_commands() {
  std::lock_guard lock(mutex_);
  if (next_plan_) {
    compositor_.set_plan(std::move(*next_plan_));
    next_plan_.reset();
  }
  if (!changed_) return;
  changed_ = false;
  seen_inputs_ = inputs_;
  seen_renditions_.clear();
  for (const auto& [key, rendition] : renditions_) seen_renditions_.push_back(rendition);
}

void VideoMixerImpl::take_pictures(TimePoint now) {
  for (auto& [source, input] : seen_inputs_) {
    const bool fresh = input->decoder->take(input->picture);
    input->decoder->maintain(now);
    if (fresh) input->last_picture = now;
    const bool flowing =
        fresh || (input->flowing && now - input->last_picture < options_.stall_after);
    if (flowing == input->flowing) continue;
    input->flowing = flowing;
    if (events_.on_flow_changed) events_.on_flow_changed(source, flowing);
  }
}

void VideoMixerImpl::compose_once(TimePoint now) {
  DIEMCAU_RUN_ON(sequence_);
  adopt_commands();
  take_pictures(now);
  const bool watched = std::any_of(seen_renditions_.begin(), seen_renditions_.end(),
                                   [](const auto& rendition) { return rendition->watched(); });
  if (!watched) return;

  const auto begun = std::chrono::steady_clock::now();
  sources_.clear();
  for (const Tile& tile : compositor_.plan().tiles) {
    auto found = seen_inputs_.find(tile.source);
    if (found == seen_inputs_.end()) {
      sources_.emplace_back();
    } else {
      const Input& input = *found->second;
      sources_.push_back({true, input.picture, input.picture && !input.flowing});
    }
  }
  const I420BufferPtr canvas = compositor_.compose(sources_);
  if (!canvas) {
    counters_->canvas_dropped.add();
    return;
  }
  encode(canvas, now);
  counters_->mix_seconds.observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
}

void VideoMixerImpl::encode(const I420BufferPtr& canvas, TimePoint now) {
  for (const auto& rendition : seen_renditions_) {
    if (!rendition->watched()) continue;
    if (auto picture = scaled_to(canvas, rendition->rendition().height)) {
      rendition->offer(picture, now);
    } else {
      counters_->canvas_dropped.add();
    }
  }
}

I420BufferPtr VideoMixerImpl::scaled_to(const I420BufferPtr& canvas, int height) {
  const Size from = canvas->size();
  if (from.height == height) return canvas;
  Scaled& cache = scaled_[height];
  if (cache.from == canvas && cache.to) return cache.to;
  const Size to{(from.width * height / from.height + 1) & ~1, height};
  cache.from.reset();
  cache.to.reset();
  auto buffer = cache.pool.take(to);
  if (!buffer) return nullptr;
  const I420View in = canvas->view();
  const I420Span out = buffer->span();
  libyuv::I420Scale(in.data[0], in.stride[0], in.data[1], in.stride[1], in.data[2], in.stride[2],
                    in.width, in.height, out.data[0], out.stride[0], out.data[1], out.stride[1],
                    out.data[2], out.stride[2], out.width, out.height, libyuv::kFilterBox);
  cache.from = canvas;
  cache.to = buffer;
  return buffer;
}

Result<std::shared_ptr<OrderedPacketSink>> VideoMixerImpl::open_input(SourceId source,
                                                                      Codec codec) {
  VideoDecoderOptions options;
  options.source = source;
  options.codec = codec;
  options.largest = options_.largest_input;
  options.on_key_frame_needed = [notify = events_.on_key_frame_needed](SourceId id) {
    if (notify) notify(id);
  };
  auto decoder = VideoDecoder::create(std::move(options), *pipelines_, counters_);
  if (!decoder) return decoder.error();
  auto input = std::make_shared<Input>();
  input->source = source;
  input->decoder = *decoder;
  std::lock_guard lock(mutex_);
  auto& place = inputs_[source];
  if (place) place->decoder->close();  // opened anew: the newer one takes the place
  place = std::move(input);
  changed_ = true;
  return std::shared_ptr<OrderedPacketSink>(*decoder);
}

void VideoMixerImpl::close_input(SourceId source) {
  std::lock_guard lock(mutex_);
  auto found = inputs_.find(source);
  if (found == inputs_.end()) return;
  found->second->decoder->close();
  inputs_.erase(found);
  changed_ = true;
}

void VideoMixerImpl::set_plan(MixPlan plan) {
  std::lock_guard lock(mutex_);
  next_plan_ = std::move(plan);
}

std::shared_ptr<EncodedStream> VideoMixerImpl::rendition(Rendition wanted) {
  const Rendition key = known(wanted);
  std::lock_guard lock(mutex_);
  auto& place = renditions_[key];
  if (!place) {
    RenditionStream::Options options;
    options.rendition = key;
    options.id = StreamId{options_.first_stream_id + ordinal(key)};
    options.encoder.codec = key.codec;
    options.encoder.h264_encoder = options_.h264_encoder;
    options.encoder.frames_per_second = options_.frames_per_second;
    options.encoder.bitrate =
        key.height == kHeights[0] ? options_.bitrate_720 : options_.bitrate_360;
    options.encoder.epoch = epoch_;
    options.key_frame_period = options_.key_frame_period;
    place = RenditionStream::create(options, loops_, clock_, metrics_, counters_, pipelines_);
    changed_ = true;
  }
  return place->stream();
}

}  // namespace diemcau::media
