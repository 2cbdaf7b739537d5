#include <algorithm>
#include <chrono>

#include <pthread.h>

#include "media/gst/runtime.hpp"
#include "media/mix/video_mixer_impl.hpp"

namespace diemcau::media {

namespace {
std::string thread_name(const char* prefix, const std::string& name) {
  return (prefix + name).substr(0, 15);
}

std::uint64_t ordinal(const Rendition& rendition) {
  return (rendition.codec == Codec::vp8 ? kQualities.size() : 0u) +
         static_cast<std::uint64_t>(rendition.quality);
}

std::string label_of(const Rendition& rendition) {
  return std::string(name_of(rendition.quality)) +
         (rendition.codec == Codec::h264 ? "-h264" : "-vp8");
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
    pictures_.set_plan(std::move(*next_plan_));
    next_plan_.reset();
  }
  if (!changed_) return;
  changed_ = false;
  seen_inputs_ = inputs_;
  seen_renditions_.clear();
  for (const auto& [key, rendition] : renditions_)
    seen_renditions_.emplace_back(key.quality, rendition);
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

void VideoMixerImpl::gather_sources() {
  sources_.clear();
  for (const Tile& tile : pictures_.plan().tiles) {
    auto found = seen_inputs_.find(tile.source);
    if (found == seen_inputs_.end()) {
      sources_.emplace_back();
    } else {
      const Input& input = *found->second;
      sources_.push_back({true, input.picture, input.picture && !input.flowing});
    }
  }
}

void VideoMixerImpl::compose_once(TimePoint now) {
  DIEMCAU_RUN_ON(sequence_);
  adopt_commands();
  take_pictures(now);
  std::array<bool, kQualities.size()> watched{};
  for (const auto& [quality, rendition] : seen_renditions_)
    watched[static_cast<std::size_t>(quality)] |= rendition->watched();
  for (const Quality quality : kQualities)
    if (!watched[static_cast<std::size_t>(quality)]) pictures_.release(quality);
  if (std::none_of(watched.begin(), watched.end(), [](bool is) { return is; })) return;

  const auto begun = std::chrono::steady_clock::now();
  gather_sources();
  pictures_.begin(sources_);
  for (const auto& [quality, rendition] : seen_renditions_) {
    if (!rendition->watched() || !rendition->due(now)) continue;
    if (auto picture = pictures_.picture(quality)) {
      rendition->offer(picture, now);
    } else {
      counters_->canvas_dropped.add();
    }
  }
  counters_->mix_seconds.observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
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

VideoEncoderOptions VideoMixerImpl::encoder_options(Rendition wanted) const {
  VideoEncoderOptions encoder;
  encoder.codec = wanted.codec;
  encoder.h264_encoder = options_.h264_encoder;
  encoder.frames_per_second = options_.frames_per_second;
  encoder.epoch = epoch_;
  switch (wanted.quality) {
    case Quality::slides:
      encoder.bitrate = options_.bitrate_slides;
      encoder.frames_per_second = options_.slides_per_second;
      break;
    case Quality::p180:
      encoder.bitrate = options_.bitrate_180;
      break;
    case Quality::p360:
      encoder.bitrate = options_.bitrate_360;
      break;
    case Quality::p720:
      encoder.bitrate = options_.bitrate_720;
      break;
    case Quality::p1080:
      encoder.bitrate = options_.bitrate_1080;
      break;
  }
  return encoder;
}

std::shared_ptr<EncodedStream> VideoMixerImpl::rendition(Rendition wanted) {
  std::lock_guard lock(mutex_);
  auto& place = renditions_[wanted];
  if (!place) {
    RenditionStream::Options options;
    options.name = label_of(wanted);
    options.id = StreamId{options_.first_stream_id + ordinal(wanted)};
    options.encoder = encoder_options(wanted);
    if (wanted.quality == Quality::slides) {
      options.period = Duration(std::chrono::seconds(1)) / options_.slides_per_second;
    } else {
      options.key_frame_period = options_.key_frame_period;
    }
    place = RenditionStream::create(std::move(options), loops_, clock_, metrics_, counters_,
                                    pipelines_);
    changed_ = true;
  }
  return place->stream();
}

}  // namespace diemcau::media
