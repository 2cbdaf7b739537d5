#include "media/mix/audio_mixer.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string>
#include <utility>

#include <pthread.h>

#include "base/thread_priority.hpp"
#include "media/mix/audio_mixer_impl.hpp"

namespace diemcau::media {

namespace {
constexpr int kCatchUp = 3;
constexpr Duration kTellPause = std::chrono::milliseconds(200);
constexpr int kToldStep = 3;  // dB: smaller changes of level are not news

std::shared_ptr<EncodedStream> stream(std::uint64_t id, Codec codec, std::string label,
                                      const std::vector<EventLoop*>& loops, const Clock& clock,
                                      std::shared_ptr<std::atomic<bool>> anew = {}) {
  EncodedStream::Options options;
  options.id = StreamId{id};
  options.codec = codec;
  options.label = std::move(label);
  StreamDemand demand;
  // Sound has no key frames; who asks for one is about to switch a receiver's decoder to this.
  if (anew) demand.on_key_frame_needed = [anew = std::move(anew)] { anew->store(true); };
  return EncodedStream::create(std::move(options), loops, clock, std::move(demand));
}

double seconds(Duration d) {
  return std::chrono::duration<double>(d).count();
}
}  // namespace

Result<std::unique_ptr<AudioMixer>> AudioMixer::create(AudioMixerOptions options,
                                                       std::vector<EventLoop*> loops,
                                                       const Clock& clock, Metrics& metrics,
                                                       AudioMixerEvents events) {
  auto mixer = AudioMixerImpl::create(std::move(options), std::move(loops), clock, metrics,
                                      std::move(events), true);
  if (!mixer) return mixer.error();
  return std::unique_ptr<AudioMixer>(std::move(*mixer));
}

Result<std::unique_ptr<AudioMixerImpl>> AudioMixerImpl::create(AudioMixerOptions options,
                                                               std::vector<EventLoop*> loops,
                                                               const Clock& clock, Metrics& metrics,
                                                               AudioMixerEvents events,
                                                               bool own_thread) {
  auto counters = std::make_shared<AudioCounters>(metrics);
  auto core = AudioMixCore::create(options, counters);
  if (!core) return core.error();
  auto aac = AacEncoder::create(options.aac_bitrate);
  if (!aac) return aac.error();
  std::unique_ptr<AudioMixerImpl> mixer(
      new AudioMixerImpl(std::move(options), std::move(loops), clock, std::move(counters),
                         std::move(events), std::move(*core), std::move(*aac)));
  if (own_thread) mixer->thread_ = std::thread([m = mixer.get()] { m->run(); });
  return mixer;
}

AudioMixerImpl::AudioMixerImpl(AudioMixerOptions options, std::vector<EventLoop*> loops,
                               const Clock& clock, std::shared_ptr<AudioCounters> counters,
                               AudioMixerEvents events, std::unique_ptr<AudioMixCore> core,
                               std::unique_ptr<AacEncoder> aac_encoder)
    : options_(std::move(options)),
      clock_(clock),
      counters_(std::move(counters)),
      events_(std::move(events)),
      packets_anew_(std::make_shared<std::atomic<bool>>(false)),
      thin_anew_(std::make_shared<std::atomic<bool>>(false)),
      opus_(stream(options_.first_stream_id, Codec::opus, "mix-opus", loops, clock, packets_anew_)),
      red_(stream(options_.first_stream_id + 1, Codec::opus, "mix-red", loops, clock,
                  packets_anew_)),
      thin_(
          stream(options_.first_stream_id + 3, Codec::opus, "mix-thin", loops, clock, thin_anew_)),
      aac_(stream(options_.first_stream_id + 2, Codec::aac, "mix-aac", loops, clock)),
      core_(std::move(core)),
      aac_encoder_(std::move(aac_encoder)),
      schedule_(clock.now(), options_.tick, kCatchUp) {}

AudioMixerImpl::~AudioMixerImpl() {
  {
    const std::lock_guard lock(stop_mutex_);
    stopping_ = true;
  }
  stop_signal_.notify_all();
  if (thread_.joinable()) thread_.join();
  const std::lock_guard lock(inputs_mutex_);
  for (auto& [id, input] : inputs_) input->set_gate(false);  // endpoints may still hold them
}

Result<std::shared_ptr<UplinkSink>> AudioMixerImpl::open_input(SourceId source) {
  if (!source) return make_error(Errc::invalid_argument, "audio.source", "a source needs an id");
  const std::lock_guard lock(inputs_mutex_);
  if (inputs_.size() >= kMostInputs)
    return make_error(Errc::full, "audio.inputs", "the sound mix has no room for more microphones");
  if (inputs_.contains(source))
    return make_error(Errc::conflict, "audio.source", "this microphone is open already");
  auto input = std::make_shared<AudioInput>(source, counters_);
  inputs_.emplace(source, input);
  inputs_changed_.store(true, std::memory_order_release);
  return std::shared_ptr<UplinkSink>(std::move(input));
}

void AudioMixerImpl::close_input(SourceId source) {
  const std::lock_guard lock(inputs_mutex_);
  const auto found = inputs_.find(source);
  if (found == inputs_.end()) return;
  found->second->set_gate(false);
  inputs_.erase(found);
  inputs_changed_.store(true, std::memory_order_release);
}

void AudioMixerImpl::set_gate(SourceId source, bool open) {
  const std::lock_guard lock(inputs_mutex_);
  const auto found = inputs_.find(source);
  if (found != inputs_.end()) found->second->set_gate(open);
}

int AudioMixerImpl::run_due(TimePoint now) {
  int ran = 0;
  while (const auto due = schedule_.take(now)) {
    counters_->tick_late_seconds.observe(seconds(now - due->at));
    if (due->skipped > 0) counters_->ticks_skipped.add(static_cast<std::uint64_t>(due->skipped));
    const TimePoint began = clock_.now();
    tick_once(*due);
    counters_->tick_seconds.observe(seconds(clock_.now() - began));
    ++ran;
  }
  return ran;
}

void AudioMixerImpl::tick_once(const TickSchedule::Due& due) {
  if (inputs_changed_.exchange(false, std::memory_order_acquire)) {
    std::vector<std::shared_ptr<AudioInput>> inputs;
    {
      const std::lock_guard lock(inputs_mutex_);
      inputs.reserve(inputs_.size());
      for (const auto& [id, input] : inputs_) inputs.push_back(input);
    }
    core_->set_inputs(inputs);
  }
  AudioTick tick;
  tick.index = published_++;
  tick.timestamp = static_cast<std::uint32_t>(due.number * kTickSamples);
  tick.captured = due.at;
  const bool packets_anew = packets_anew_->exchange(false);
  core_->begin_anew({packets_anew, packets_anew, thin_anew_->exchange(false)});
  auto chunks = core_->tick(tick, {opus_->watched(), red_->watched(), thin_->watched()});
  const auto publish = [&](EncodedStream& to, std::shared_ptr<PacketChunk> chunk) {
    if (!chunk) return;
    chunk->produced = clock_.now();
    to.publish(PacketChunkPtr(std::move(chunk)));
  };
  publish(*opus_, std::move(chunks.opus));
  publish(*red_, std::move(chunks.red));
  publish(*thin_, std::move(chunks.thin));
  feed_recorder(due.grid);  // a recording's sound has no gaps and no overlaps
  tell_heard(due.at);
  for (const MediaNotice& notice : core_->take_notices())
    if (events_.on_notice) events_.on_notice(notice);
  follow_speaker(due.at);
}

void AudioMixerImpl::follow_speaker(TimePoint now) {
  const auto speaker = phase_.follow(core_->heard(), now);
  schedule_.shift(phase_.next(speaker ? core_->spare_of(*speaker, now) : std::nullopt));
}

void AudioMixerImpl::feed_recorder(TimePoint captured) {
  if (!aac_->watched()) return aac_encoder_->stop();
  aac_encoder_->push(core_->mix(), captured);
  aac_encoder_->drain([this](EncodedFramePtr frame) { aac_->publish(std::move(frame)); });
}

void AudioMixerImpl::tell_heard(TimePoint now) {
  if (!events_.on_heard || now - told_at_ < kTellPause) return;
  std::vector<HeardSource> heard;
  heard.reserve(core_->heard().size());
  for (const RankedSource& s : core_->heard())
    if (!core_->is_echo(s.source))
      heard.push_back({s.source, static_cast<int>(std::lround(s.dbov))});
  const bool news = !std::equal(heard.begin(), heard.end(), told_.begin(), told_.end(),
                                [](const HeardSource& a, const HeardSource& b) {
                                  return a.source == b.source &&
                                         std::abs(a.level_dbov - b.level_dbov) < kToldStep;
                                });
  if (!news) return;
  told_ = heard;
  told_at_ = now;
  events_.on_heard(std::move(heard));
}

void AudioMixerImpl::run() {
  pthread_setname_np(pthread_self(), ("amix-" + options_.name).substr(0, 15).c_str());
  hurry_this_thread();
  std::unique_lock lock(stop_mutex_);
  while (!stopping_) {
    lock.unlock();
    run_due(clock_.now());
    const Duration pause = schedule_.next_at() - clock_.now();
    lock.lock();
    if (pause > Duration::zero()) stop_signal_.wait_for(lock, pause, [this] { return stopping_; });
  }
}

}  // namespace diemcau::media
