#pragma once
// The mix for lines of 64 kbit/s: three ticks in one packet at half the bitrate, with in-band
// redundancy. Packet headers, not speech, are what such a line cannot afford: at 20 ms they alone
// take 27 kbit/s, at 60 ms 9.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "media/mix/audio_downlink.hpp"

namespace diemcau::media {

/// Lives on the mix thread.
class AudioThinDownlink {
 public:
  static constexpr int kTicks = 3;
  static constexpr std::size_t kSamples = kTicks * kTickSamples;

  static Result<AudioThinDownlink> create(const OpusEncoderOptions& options,
                                          AudioCounters& counters);
  AudioThinDownlink(AudioThinDownlink&&) = default;
  AudioThinDownlink& operator=(AudioThinDownlink&&) = delete;

  /// One tick; at every third the packet of all three, else null. `shared`, `sum` and `variants`
  /// as AudioDownlink::encode takes them: who was heard in any of the three gets a variant.
  std::shared_ptr<PacketChunk> encode(const AudioTick& tick, const AudioBlock& shared,
                                      const AudioBlock& sum,
                                      std::span<const AudioVariant> variants);
  /// A tick nobody listens to: what was gathered is dropped.
  void idle(const AudioBlock& shared);
  /// The next packets lean on nothing before them: somebody was just switched here.
  void begin_anew() noexcept;

 private:
  using Window = std::array<float, kSamples>;
  static constexpr std::int64_t kNever = -2;
  struct Lane {
    SourceId source;  // 0: everybody
    OpusVoiceEncoder encoder;
    AudioLimiter limiter;
    std::int64_t used = kNever;  // index of its last packet
    int independent_left = 0;    // packets until prediction is allowed again
  };
  struct Own {
    SourceId source;
    Window sound;  // silence where it was not heard
  };
  AudioThinDownlink(const OpusEncoderOptions& options, AudioCounters& counters,
                    OpusVoiceEncoder shared);
  void gather(const AudioBlock& shared, const AudioBlock& sum,
              std::span<const AudioVariant> variants);
  Lane* lane_for(SourceId source);
  void append(PacketChunk& chunk, Lane& lane, std::span<const float> samples);
  void set_encodes(std::size_t n);

  OpusEncoderOptions options_;
  AudioCounters* counters_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // [0] is for everybody
  int gathered_ = 0;                          // ticks
  AudioTick first_;                           // of the window
  Window shared_{}, sum_{};
  std::vector<Own> own_;
  AudioBlock previous_shared_{};  // the tick before the window
  std::int64_t index_ = 0;        // packets published
  std::size_t encodes_ = 0;
};

}  // namespace diemcau::media
