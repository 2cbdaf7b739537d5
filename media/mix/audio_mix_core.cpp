#include "media/mix/audio_mix_core.hpp"

#include <algorithm>
#include <utility>

#include "media/mix/loudness_leveller.hpp"
#include "media/mix/microphone_watch.hpp"

namespace diemcau::media {

namespace {
constexpr Duration kLevelHeld = std::chrono::milliseconds(130);  // longer than the longest packet
constexpr Duration kProbeTurn = std::chrono::seconds(1);
constexpr float kProbeSilent = -60;  // dBov: below, a probed source gives its turn away
constexpr int kWatchEvery = 50;      // ticks: a second
constexpr std::size_t kRamp = 240;   // 5 ms

void ramp(AudioBlock& block, bool in) {
  for (std::size_t i = 0; i < kRamp; ++i) {
    const float w = static_cast<float>(i) / static_cast<float>(kRamp);
    block[i] *= in ? w : 1 - w;
  }
  if (!in) std::fill(block.begin() + kRamp, block.end(), 0.0F);
}
}  // namespace

struct AudioMixCore::Source {
  Source(std::shared_ptr<AudioInput> in, AudioCounters& counters)
      : input(std::move(in)), playout(counters) {}

  std::shared_ptr<AudioInput> input;
  AudioPlayout playout;
  SpeechLevel level;
  float last_dbov = -127;  // of the newest packet, or of the decoded sound
  TimePoint last_level{};
  bool metered = false;
  bool probed = false;
  TimePoint probed_since{}, probed_before{};
  bool heard = false, was_heard = false;
  bool closing = false;
  LoudnessLeveller leveller;
  SilenceWatch silence;
  ClippingWatch clipping;
  bool told_silent = false, told_clipping = false;
  AudioBlock sound{};  // of this tick, where it is decoded
};

AudioMixCore::AudioMixCore(const AudioMixerOptions& options,
                           std::shared_ptr<AudioCounters> counters, AudioDownlink downlink,
                           AudioThinDownlink thin)
    : counters_(std::move(counters)),
      ranking_(static_cast<std::size_t>(options.most_heard)),
      downlink_(std::move(downlink)),
      thin_(std::move(thin)) {}

AudioMixCore::~AudioMixCore() {
  count(0, 0);
  downlink_.idle();
  thin_.idle(shared_);
}

Result<std::unique_ptr<AudioMixCore>> AudioMixCore::create(
    const AudioMixerOptions& options, std::shared_ptr<AudioCounters> counters) {
  if (options.most_heard < 1 || options.most_heard > 16 || options.sample_rate != kAudioRate ||
      options.tick != to_duration(kTickSamples)) {
    return make_error(Errc::invalid_argument, "audio.options",
                      "the sound mix is made at 48 kHz in ticks of 20 ms, for 1 to 16 heard");
  }
  auto downlink = AudioDownlink::create(
      OpusEncoderOptions{options.opus_bitrate, options.opus_complexity, options.expected_loss},
      options.red_block_payload_type, *counters);
  if (!downlink) return downlink.error();
  auto thin = AudioThinDownlink::create(
      OpusEncoderOptions{options.thin_bitrate, options.thin_complexity, options.thin_expected_loss},
      *counters);
  if (!thin) return thin.error();
  return std::unique_ptr<AudioMixCore>(
      new AudioMixCore(options, std::move(counters), std::move(*downlink), std::move(*thin)));
}

void AudioMixCore::set_inputs(std::span<const std::shared_ptr<AudioInput>> inputs) {
  for (auto& source : sources_)
    source->closing = std::find(inputs.begin(), inputs.end(), source->input) == inputs.end();
  for (const auto& input : inputs) {
    const bool known = std::any_of(sources_.begin(), sources_.end(),
                                   [&](const auto& source) { return source->input == input; });
    if (!known) sources_.push_back(std::make_unique<Source>(input, *counters_));
  }
}

std::int64_t AudioMixCore::delay_of(SourceId id, TimePoint tick) const noexcept {
  for (const auto& source : sources_)
    if (source->input->source() == id && source->playout.decoding())
      return source->playout.delay(tick);
  return -1;
}

std::optional<Duration> AudioMixCore::spare_of(SourceId id, TimePoint tick) const noexcept {
  for (const auto& source : sources_) {
    if (source->input->source() != id) continue;
    const auto spare = source->playout.spare(tick);
    return spare ? std::optional(to_duration(*spare)) : std::nullopt;
  }
  return std::nullopt;
}

void AudioMixCore::receive(Source& source, TimePoint now) {
  const bool open = source.input->gate_open() && !source.closing;
  std::optional<std::uint8_t> loudest;
  // No more than a full queue per tick: a flood cannot hold the others up.
  for (std::size_t i = 0; i < AudioInput::kQueuePackets && source.input->try_pop(packet_); ++i) {
    if (!open) continue;
    source.playout.push(packet_);
    source.metered = packet_.metered;
    loudest = std::min(loudest.value_or(127), packet_.level);
  }
  if (!open) {
    source.last_dbov = -127;
    source.level = SpeechLevel();
    source.probed = false;
    return;
  }
  if (source.metered && loudest) {
    source.last_dbov = -static_cast<float>(*loudest);
    source.last_level = now;
  }
  source.level.tick(now - source.last_level < kLevelHeld ? std::optional(source.last_dbov)
                                                         : std::nullopt);
  const float down = echo_.holds_back(source.input->source()) ? EchoControl::kRankedDown : 0;
  ranked_.push_back(
      {source.input->source(), source.level.dbov() - down, source.playout.active(now)});
}

void AudioMixCore::choose_probed(TimePoint now) {
  std::size_t probed = 0;
  Source* waiting = nullptr;  // who had no turn for longest
  Source* silent = nullptr;   // who would give its turn away
  for (auto& source : sources_) {
    const bool candidate = !source->metered && !source->closing && source->input->gate_open() &&
                           source->playout.active(now);
    if (!candidate) source->probed = false;
    if (source->probed) {
      ++probed;
      const bool done =
          now - source->probed_since >= kProbeTurn && source->level.dbov() < kProbeSilent;
      if (done && (silent == nullptr || source->probed_since < silent->probed_since))
        silent = source.get();
    } else if (candidate &&
               (waiting == nullptr || source->probed_before < waiting->probed_before)) {
      waiting = source.get();
    }
  }
  if (waiting == nullptr) return;
  if (probed >= kMostProbed) {
    if (silent == nullptr) return;
    silent->probed = false;
    silent->probed_before = now;
  }
  waiting->probed = true;
  waiting->probed_since = now;
}

void AudioMixCore::render(Source& source, TimePoint now) {
  if (source.heard || source.probed) {
    source.playout.pull(now, source.sound);
    if (!source.metered) {
      source.last_dbov = level_dbov(source.sound);
      source.last_level = now;
    }
    if (source.heard) source.clipping.tick(source.sound);
    if (source.heard || source.was_heard)
      source.leveller.process(source.sound, !echo_.holds_back(source.input->source()));
    if (source.heard != source.was_heard) ramp(source.sound, source.heard);
  } else if (source.was_heard) {
    source.playout.release(source.sound);
    source.leveller.process(source.sound);
  } else {
    source.playout.skip(now);
  }
  if (!source.heard) source.leveller.pause();
}

AudioDownlink::Chunks AudioMixCore::tick(const AudioTick& tick, Wants wants) {
  DIEMCAU_RUN_ON(sequence_);
  const TimePoint now = tick.captured;
  ranked_.clear();
  for (auto& source : sources_) receive(*source, now);
  const auto& heard = ranking_.update(ranked_, now);
  choose_probed(now);

  sum_.fill(0);
  variants_.clear();
  std::size_t decoding = 0;
  for (auto& source : sources_) {
    source->was_heard = std::exchange(
        source->heard, std::any_of(heard.begin(), heard.end(), [&](const RankedSource& s) {
          return s.source == source->input->source() && !source->closing;
        }));
    render(*source, now);
    if (source->playout.decoding()) ++decoding;
    if (!source->heard && !source->was_heard) continue;
    echo_.hear(source->input->source(), source->sound);
    for (std::size_t i = 0; i < sum_.size(); ++i) sum_[i] += source->sound[i];
    variants_.push_back({source->input->source(), &source->sound});
  }
  echo_.end_tick();
  count(heard.size(), decoding);

  shared_ = sum_;
  limiter_.process(shared_);
  AudioDownlink::Chunks chunks;
  if (wants.opus || wants.red) {
    chunks = downlink_.encode(tick, shared_, sum_, variants_, wants.opus, wants.red);
  } else {
    downlink_.idle();
  }
  if (wants.thin) {
    chunks.thin = thin_.encode(tick, shared_, sum_, variants_);
  } else {
    thin_.idle(shared_);
  }

  for (auto& source : sources_) {
    // What was said before the microphone was closed must not come out when it opens again.
    if (!source->input->gate_open() && !source->heard) {
      source->playout.clear();
      echo_.forget(source->input->source());
    }
  }
  std::erase_if(sources_, [](const auto& source) { return source->closing; });
  if (++ticks_ % kWatchEvery == 0) watch_microphones(now);
  return chunks;
}

void AudioMixCore::watch_microphones(TimePoint now) {
  const auto tell = [this](const Source& source, NoticeKind kind, bool& told, bool active) {
    if (told != active) notices_.push_back({source.input->source(), kind, active});
    told = active;
  };
  for (auto& source : sources_) {
    const auto loudest = source->input->take_loudest();
    if (source->input->gate_open())
      source->silence.look(loudest, now);
    else
      source->silence.reset();
    tell(*source, NoticeKind::microphone_silent, source->told_silent, source->silence.silent());
    tell(*source, NoticeKind::microphone_clipping, source->told_clipping,
         source->clipping.clipping());
  }
}

std::vector<MediaNotice> AudioMixCore::take_notices() {
  auto notices = std::exchange(notices_, {});
  for (const auto& notice : echo_.take_changes()) notices.push_back(notice);
  for (const auto& notice : notices) {
    if (!notice.active) continue;
    (notice.kind == NoticeKind::echo                ? counters_->echoes
     : notice.kind == NoticeKind::microphone_silent ? counters_->silent_microphones
                                                    : counters_->clipping_microphones)
        .add();
  }
  return notices;
}

void AudioMixCore::begin_anew(Wants streams) noexcept {
  if (streams.opus || streams.red) downlink_.begin_anew();
  if (streams.thin) thin_.begin_anew();
}

void AudioMixCore::count(std::size_t heard, std::size_t decoding) {
  counters_->heard.add(static_cast<double>(heard) - static_cast<double>(heard_));
  counters_->decodes.add(static_cast<double>(decoding) - static_cast<double>(decoding_));
  heard_ = heard;
  decoding_ = decoding;
}

}  // namespace diemcau::media
