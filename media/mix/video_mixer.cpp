#include <algorithm>
#include <chrono>

#include <pthread.h>

#include "media/gst/runtime.hpp"
#include "media/mix/video_mixer_impl.hpp"

namespace diemcau::media {

namespace {
constexpr int kMostFramesPerSecond = 60;

std::string thread_name(const char* prefix, const std::string& name) {
  return (prefix + name).substr(0, 15);
}

std::uint64_t ordinal(const Rendition& rendition) {
  return (rendition.codec == Codec::vp8 ? kQualities.size() : 0u) +
         static_cast<std::uint64_t>(rendition.quality);
}

std::string label_of(std::string_view name, Codec codec) {
  return std::string(name) + (codec == Codec::h264 ? "-h264" : "-vp8");
}

/// The picture people look at: the site that has the floor, else the one plainly larger than
/// others.
std::optional<SourceId> floor_of(const MixPlan& plan) {
  const Tile* largest = nullptr;
  bool alone = false;
  const auto area = [](const Tile& tile) { return tile.rect.w * tile.rect.h; };
  for (const Tile& tile : plan.tiles) {
    if (tile.slides) continue;
    if (tile.has_floor) return tile.source;
    if (largest == nullptr || area(tile) >= area(*largest)) {
      alone = largest == nullptr || area(tile) > area(*largest);
      largest = &tile;
    }
  }
  return alone ? std::optional(largest->source) : std::nullopt;
}

/// A slide of text takes 15 kB; beside sound a line of 64 kbit/s lets it through in 5 s, and what
/// is older than its history a sender gives up and begins again.
Duration history_of(Quality quality) {
  return std::chrono::seconds(quality == Quality::slides ? 20 : 2);
}
}  // namespace

Result<std::unique_ptr<VideoMixer>> VideoMixer::create(VideoMixerOptions options,
                                                       std::vector<EventLoop*> loops,
                                                       const Clock& clock, Metrics& metrics,
                                                       VideoMixerEvents events) {
  if (auto ready = gst::require_elements(); !ready) return ready.error();
  if (options.frames_per_second < 1 || options.frames_per_second > kMostFramesPerSecond) {
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
      ticks_(clock.now(), options_.frames_per_second),
      slides_pace_(Duration(std::chrono::seconds(1)) / options_.slides_per_second),
      epoch_(clock.now()),
      counters_(std::make_shared<VideoMetrics>(metrics)),
      pipelines_(std::make_shared<gst::PipelineThread>(thread_name("vpipe-", options_.name))),
      decoders_(thread_name("vdec-", options_.name)) {}

VideoMixerImpl::~VideoMixerImpl() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
  for (auto& [source, input] : inputs_) input->decoder->close();
  for (auto& [key, rendition] : renditions_) rendition->close();
  for (auto& [key, page] : wall_streams_) page->close();
  pipelines_->drain();
}

void VideoMixerImpl::start() {
  thread_ = std::thread([this] { run(); });
}

void VideoMixerImpl::run() {
  pthread_setname_np(pthread_self(), thread_name("vmix-", options_.name).c_str());
  std::unique_lock lock(mutex_);
  for (;;) {
    while (!stopping_ && clock_.now() < ticks_.next()) {
      stop_.wait_for(lock, ticks_.next() - clock_.now());
    }
    if (stopping_) return;
    lock.unlock();
    const auto tick = ticks_.begin(clock_.now());
    counters_->ticks_skipped.add(static_cast<std::uint64_t>(tick.skipped));
    compose_once(tick.at);
    lock.lock();
  }
}

void VideoMixerImpl::adopt_commands() {
  std::lock_guard lock(mutex_);
  if (next_plan_) {
    pictures_.set_plan(std::move(*next_plan_));
    next_plan_.reset();
    follow_floor();
  }
  for (auto& [page, plan] : next_wall_plans_) wall_.set_plan(page, std::move(plan));
  next_wall_plans_.clear();
  for (auto& [page, stream] : new_wall_streams_) wall_.add(page, std::move(stream));
  new_wall_streams_.clear();
  if (changed_) {
    changed_ = false;
    for (const auto& [source, input] : seen_inputs_)
      if (const auto now = inputs_.find(source); now == inputs_.end() || now->second != input)
        tell_picture(*input, false, false);
    seen_inputs_ = inputs_;
    seen_renditions_.clear();
    for (const auto& [key, rendition] : renditions_)
      seen_renditions_.emplace_back(key.quality, rendition);
  }
  if (next_frame_rate_) ticks_.set_rate(*next_frame_rate_);
  next_frame_rate_.reset();
}

void VideoMixerImpl::follow_floor() {
  floor_ = floor_of(pictures_.plan());
  ticks_.follow(floor_);
}

void VideoMixerImpl::take_pictures(TimePoint now) {
  for (auto& [source, input] : seen_inputs_) {
    const bool fresh = input->decoder->take(input->picture);
    input->decoder->maintain(now);
    if (fresh) {
      input->last_picture = now;
      watch_picture(*input, now);
    }
    if (fresh && source == floor_) ticks_.on_frame(input->picture->decoded);
    const bool flowing =
        fresh || (input->flowing && now - input->last_picture < options_.stall_after);
    if (flowing == input->flowing) continue;
    input->flowing = flowing;
    if (events_.on_flow_changed) events_.on_flow_changed(source, flowing);
  }
}

void VideoMixerImpl::watch_picture(Input& input, TimePoint now) {
  if (input.watch.look(input.picture->view, now))
    tell_picture(input, input.watch.black(), input.watch.frozen());
}

void VideoMixerImpl::tell_picture(Input& input, bool black, bool frozen) {
  const auto tell = [&](NoticeKind kind, bool& told, bool active, Counter& counter) {
    if (told == active) return;
    told = active;
    if (active) counter.add();
    if (events_.on_notice) events_.on_notice({input.source, kind, active});
  };
  tell(NoticeKind::camera_black, input.told_black, black, counters_->black);
  tell(NoticeKind::camera_frozen, input.told_frozen, frozen, counters_->frozen);
}

TileSource VideoMixerImpl::source_of(SourceId source) const {
  const auto found = seen_inputs_.find(source);
  if (found == seen_inputs_.end()) return {};
  const Input& input = *found->second;
  return {true, input.picture, input.picture && !input.flowing};
}

void VideoMixerImpl::compose_once(TimePoint now) {
  DIEMCAU_RUN_ON(sequence_);
  adopt_commands();
  take_pictures(now);
  compose_stage(now);
  wall_.compose(
      now, [this](SourceId source) { return source_of(source); }, *counters_);
}

void VideoMixerImpl::compose_stage(TimePoint now) {
  std::array<bool, kQualities.size()> watched{};
  for (const auto& [quality, rendition] : seen_renditions_)
    watched[static_cast<std::size_t>(quality)] |= rendition->watched();
  for (const Quality quality : kQualities)
    if (!watched[static_cast<std::size_t>(quality)]) pictures_.release(quality);
  if (std::none_of(watched.begin(), watched.end(), [](bool is) { return is; })) return;

  const auto begun = std::chrono::steady_clock::now();
  sources_.clear();
  for (const Tile& tile : pictures_.plan().tiles) sources_.push_back(source_of(tile.source));
  pictures_.begin(sources_);
  const bool slides = watched[static_cast<std::size_t>(Quality::slides)] && slides_pace_.due(now);
  for (const auto& [quality, rendition] : seen_renditions_) {
    if (!rendition->watched() || (quality == Quality::slides && !slides)) continue;
    if (quality != Quality::slides) rendition->set_frame_rate(ticks_.frames_per_second());
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
  options.clock = &clock_;
  options.on_key_frame_needed = [notify = events_.on_key_frame_needed](SourceId id) {
    if (notify) notify(id);
  };
  auto decoder = VideoDecoder::create(std::move(options), decoders_, counters_);
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

void VideoMixerImpl::set_frame_rate(int frames_per_second) {
  std::lock_guard lock(mutex_);
  next_frame_rate_ = std::clamp(frames_per_second, 1, kMostFramesPerSecond);
}

void VideoMixerImpl::set_wall_page(int page, MixPlan plan) {
  if (page < 0 || page >= kWallPages) return;
  std::lock_guard lock(mutex_);
  next_wall_plans_[page] = std::move(plan);
}

VideoEncoderOptions VideoMixerImpl::encoder_options(Codec codec) const {
  VideoEncoderOptions encoder;
  encoder.codec = codec;
  encoder.h264_encoder = options_.h264_encoder;
  encoder.frames_per_second = options_.frames_per_second;
  encoder.epoch = epoch_;
  return encoder;
}

VideoEncoderOptions VideoMixerImpl::encoder_options(Rendition wanted) const {
  auto encoder = encoder_options(wanted.codec);
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

std::shared_ptr<RenditionStream> VideoMixerImpl::stream_of(RenditionStream::Options options) {
  return RenditionStream::create(std::move(options), loops_, clock_, metrics_, counters_,
                                 pipelines_);
}

std::shared_ptr<EncodedStream> VideoMixerImpl::wall(Codec codec, int page) {
  if (page < 0 || page >= kWallPages || !is_video(codec)) return nullptr;
  std::lock_guard lock(mutex_);
  auto& place = wall_streams_[{page, codec}];
  if (!place) {
    RenditionStream::Options options;
    options.name = label_of("wall", codec);
    options.id = StreamId{options_.first_stream_id + 2 * kQualities.size() +
                          2 * static_cast<std::uint64_t>(page) + (codec == Codec::vp8 ? 1u : 0u)};
    options.encoder = encoder_options(codec);
    options.encoder.bitrate = options_.bitrate_wall;
    options.encoder.frames_per_second = WallPages::kPicturesPerSecond;
    place = stream_of(std::move(options));
    new_wall_streams_.emplace_back(page, place);
  }
  return place->stream();
}

std::shared_ptr<EncodedStream> VideoMixerImpl::rendition(Rendition wanted) {
  std::lock_guard lock(mutex_);
  auto& place = renditions_[wanted];
  if (!place) {
    RenditionStream::Options options;
    options.name = label_of(name_of(wanted.quality), wanted.codec);
    options.id = StreamId{options_.first_stream_id + ordinal(wanted)};
    options.encoder = encoder_options(wanted);
    if (wanted.quality != Quality::slides) options.key_frame_period = options_.key_frame_period;
    options.history_age = history_of(wanted.quality);
    place = stream_of(std::move(options));
    changed_ = true;
  }
  return place->stream();
}

}  // namespace diemcau::media
