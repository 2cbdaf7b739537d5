#pragma once
// One tick of the meeting's sound, without thread, clock or streams: who is heard, decode, sum,
// mix-minus, encode. Lives on one thread (`amix-C`, or a test's).

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "base/sequence_checker.hpp"
#include "media/mix/audio_counters.hpp"
#include "media/mix/audio_downlink.hpp"
#include "media/mix/audio_input.hpp"
#include "media/mix/audio_limiter.hpp"
#include "media/mix/audio_mixer.hpp"
#include "media/mix/audio_playout.hpp"
#include "media/mix/audio_ranking.hpp"
#include "media/mix/audio_thin_downlink.hpp"
#include "media/mix/echo_control.hpp"
#include "media/mix/media_notice.hpp"

namespace diemcau::media {

class AudioMixCore {
 public:
  /// Sources that send no RFC 6464 levels are decoded to be measured; no more than this many at a
  /// time, taking turns when they are silent.
  static constexpr std::size_t kMostProbed = 8;

  static Result<std::unique_ptr<AudioMixCore>> create(const AudioMixerOptions& options,
                                                      std::shared_ptr<AudioCounters> counters);
  ~AudioMixCore();

  /// From now on exactly these are inputs; who is gone fades out in the next tick.
  void set_inputs(std::span<const std::shared_ptr<AudioInput>> inputs);

  struct Wants {
    bool opus = false, red = false, thin = false;
  };
  /// The thin chunk is there at every third tick only.
  AudioDownlink::Chunks tick(const AudioTick& tick, Wants wants);
  /// Receivers were just switched to these streams: their next packets lean on nothing before.
  void begin_anew(Wants streams) noexcept;

  /// After tick(): the full mix, and who is in it, loudest first.
  const AudioBlock& mix() const noexcept { return shared_; }
  const std::vector<RankedSource>& heard() const noexcept { return ranking_.heard(); }
  /// Heard though it is an echo: not who speaks.
  bool is_echo(SourceId source) const noexcept { return echo_.holds_back(source); }
  /// What was noticed since the last call.
  std::vector<MediaNotice> take_notices();
  std::size_t decoding() const noexcept { return decoding_; }
  /// Of one input's playout, for tests and figures: samples, or −1 when it is not decoded.
  std::int64_t delay_of(SourceId source, TimePoint tick) const noexcept;
  /// What this one's sound waited for the tick beyond need; nothing while it is not played.
  std::optional<Duration> spare_of(SourceId source, TimePoint tick) const noexcept;

 private:
  struct Source;
  AudioMixCore(const AudioMixerOptions& options, std::shared_ptr<AudioCounters> counters,
               AudioDownlink downlink, AudioThinDownlink thin);
  void receive(Source& source, TimePoint now);
  void choose_probed(TimePoint now);
  void render(Source& source, TimePoint now);
  void watch_microphones(TimePoint now);
  void count(std::size_t heard, std::size_t decoding);

  SequenceChecker sequence_;
  std::shared_ptr<AudioCounters> counters_;
  SpeakerRanking ranking_;
  AudioDownlink downlink_;
  AudioThinDownlink thin_;
  AudioLimiter limiter_;
  EchoControl echo_;
  std::vector<MediaNotice> notices_;
  int ticks_ = 0;
  std::vector<std::unique_ptr<Source>> sources_;
  std::vector<RankedSource> ranked_;
  std::vector<AudioVariant> variants_;
  AudioPacket packet_;
  AudioBlock sum_{}, shared_{};
  std::size_t heard_ = 0, decoding_ = 0;
};

}  // namespace diemcau::media
