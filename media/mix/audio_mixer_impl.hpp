#pragma once
// The facade's body: inputs by id, three streams, the tick schedule and the thread `amix-C`.

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "media/mix/aac_encoder.hpp"
#include "media/mix/audio_mix_core.hpp"
#include "media/mix/audio_mixer.hpp"
#include "media/mix/audio_phase.hpp"
#include "media/mix/audio_schedule.hpp"

namespace diemcau::media {

class AudioMixerImpl final : public AudioMixer {
 public:
  static constexpr std::size_t kMostInputs = 2048;
  /// `own_thread` false: the caller drives it with run_due(), e.g. by a ManualClock.
  static Result<std::unique_ptr<AudioMixerImpl>> create(AudioMixerOptions options,
                                                        std::vector<EventLoop*> loops,
                                                        const Clock& clock, Metrics& metrics,
                                                        AudioMixerEvents events, bool own_thread);
  ~AudioMixerImpl() override;

  Result<std::shared_ptr<UplinkSink>> open_input(SourceId source) override;
  void close_input(SourceId source) override;
  void set_gate(SourceId source, bool open) override;
  std::shared_ptr<EncodedStream> opus() override { return opus_; }
  std::shared_ptr<EncodedStream> red() override { return red_; }
  std::shared_ptr<EncodedStream> thin() override { return thin_; }
  std::shared_ptr<EncodedStream> aac() override { return aac_; }

  /// Runs every tick due at `now`; returns how many. The mix thread, or the test instead of it.
  int run_due(TimePoint now);
  const AudioMixCore& core() const noexcept { return *core_; }
  const AudioCounters& counters() const noexcept { return *counters_; }

 private:
  AudioMixerImpl(AudioMixerOptions options, std::vector<EventLoop*> loops, const Clock& clock,
                 std::shared_ptr<AudioCounters> counters, AudioMixerEvents events,
                 std::unique_ptr<AudioMixCore> core, std::unique_ptr<AacEncoder> aac_encoder);
  void tick_once(const TickSchedule::Due& due);
  void follow_speaker(TimePoint now);
  void feed_recorder(TimePoint captured);
  void tell_heard(TimePoint now);
  void run();

  const AudioMixerOptions options_;
  const Clock& clock_;
  const std::shared_ptr<AudioCounters> counters_;
  const AudioMixerEvents events_;
  /// Set by senders that switch a receiver to the stream; read by the mix thread.
  using Anew = std::shared_ptr<std::atomic<bool>>;
  const Anew packets_anew_, thin_anew_;
  std::shared_ptr<EncodedStream> opus_, red_, thin_, aac_;

  std::mutex inputs_mutex_;  // commands; the mix thread takes it only when something changed
  std::map<SourceId, std::shared_ptr<AudioInput>> inputs_;
  std::atomic<bool> inputs_changed_{false};

  // The mix thread's.
  std::unique_ptr<AudioMixCore> core_;
  std::unique_ptr<AacEncoder> aac_encoder_;
  TickSchedule schedule_;
  TickPhase phase_;
  std::int64_t published_ = 0;
  std::vector<HeardSource> told_;
  TimePoint told_at_{};

  std::mutex stop_mutex_;
  std::condition_variable stop_signal_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace diemcau::media
