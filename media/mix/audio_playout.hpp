#pragma once
// The jitter buffer and decoder of one source on the mix thread: packets in as they come, 20 ms of
// sound out at each tick, whatever the network did in between.
//
// While a source is not heard its packets are only kept by time; nothing is decoded. When it
// becomes heard, decoding starts a few packets early, so that its first tick already sounds right.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "media/mix/audio_counters.hpp"
#include "media/mix/audio_delay.hpp"
#include "media/mix/audio_format.hpp"
#include "media/mix/audio_packet.hpp"
#include "media/mix/audio_packet_store.hpp"

namespace diemcau::media {

struct RedPayload;

class AudioPlayout {
 public:
  explicit AudioPlayout(AudioCounters& counters);
  ~AudioPlayout();
  AudioPlayout(const AudioPlayout&) = delete;
  AudioPlayout& operator=(const AudioPlayout&) = delete;

  void push(const AudioPacket& packet);

  /// The sound of the tick that starts at `tick`, decoded. Calls must be 20 ms apart.
  void pull(TimePoint tick, AudioBlock& out);
  /// The tick passes unheard.
  void skip(TimePoint tick);
  /// As pull, but fades to silence within 5 ms and stops decoding.
  void release(AudioBlock& out);

  /// Forgets everything, as if just made.
  void clear();

  bool decoding() const noexcept { return voice_ != nullptr; }
  /// There is, or a moment ago was, something to play.
  bool active(TimePoint now) const noexcept;
  /// From the arrival of the packet to the tick: what is played now is this old, above the base.
  /// Samples; for tests and figures.
  std::int64_t delay(TimePoint tick) const noexcept;
  std::int64_t target(TimePoint now) const noexcept { return delay_.target(now); }
  std::int64_t cover(TimePoint now) const noexcept { return delay_.cover(now); }
  /// What its sound waited for the tick beyond need, in samples; nothing while it is not decoded.
  std::optional<std::int64_t> spare(TimePoint tick) const noexcept;

 private:
  struct Voice;

  std::int64_t unwrap(std::uint32_t timestamp) const noexcept;
  bool is_newest(std::int64_t index) const noexcept;
  bool accept_timeline(std::int64_t timestamp, TimePoint arrived, bool newest);
  void restart();
  void note_losses(const AudioPacket& packet, std::int64_t timestamp);
  void note_timing(const AudioPacket& packet);
  void note_content(std::int64_t timestamp, TimePoint arrived, int samples);
  bool came(std::int64_t timestamp) const noexcept;
  void store(std::int64_t timestamp, std::span<const std::uint8_t> opus, bool end_of_speech,
             bool redundant);
  void note_redundancy(const RedPayload& red, std::int64_t timestamp, TimePoint arrived);
  void store_red(const RedPayload& red, std::int64_t timestamp);

  std::int64_t wanted_position(TimePoint tick) const noexcept;
  void begin(TimePoint tick);
  void lock_to_time(TimePoint tick);
  void hold_delay(TimePoint tick);
  void fill(std::size_t samples);
  bool decode_front();
  void fill_gap(std::size_t missing);
  void conceal(std::size_t samples, bool counted);
  void drop_late();

  AudioCounters& counters_;
  AudioPacketStore packets_;
  AudioDelayEstimator delay_;
  std::unique_ptr<Voice> voice_;  // only while heard

  bool synced_ = false;
  std::uint32_t last_timestamp_ = 0;  // as received and unwrapped, of the newest packet
  std::int64_t last_unwrapped_ = 0;
  std::int64_t highest_index_ = 0;
  bool after_end_ = true;              // the newest packet closed a talk spurt
  std::int64_t spurt_ = 0;             // timestamp of the first packet of this one
  std::array<std::int64_t, 64> came_;  // timestamps of sound that came, in a ring; set when synced
  std::size_t came_at_ = 0;
  TimePoint last_arrival_{};
  std::int64_t suspect_transit_ = 0;  // of a packet from another timeline
  bool suspect_ = false;
  int late_in_a_row_ = 0;
  std::int64_t played_until_ = 0;  // packets that end before came too late
};

}  // namespace diemcau::media
