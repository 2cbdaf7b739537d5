#pragma once
// A site's microphone in simulated time: encodes a sound, sends it as RTP would arrive (jitter,
// loss, reordering, a clock of its own) to whoever takes UplinkPackets.

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "media/mix/audio_format.hpp"
#include "media/mix/opus_codec.hpp"
#include "media/rtp/uplink.hpp"
#include "tests/support/tone.hpp"

namespace diemcau::media::test {

struct MicrophoneOptions {
  double frequency = 440;
  double amplitude = 0.3;
  /// Played over and over instead of a tone, times `amplitude`.
  std::shared_ptr<const std::vector<float>> sound;
  bool syllables = false;  // swells four times a second, as speech does
  bool levels = true;      // sends RFC 6464 levels
  bool red = false;        // one packet of redundancy
  double loss = 0;         // share of packets that never arrive
  Duration jitter{};       // uniform 0 … jitter
  Duration network = std::chrono::milliseconds(10);
  double clock_ppm = 0;  // of the site's clock against ours
  std::uint32_t first_timestamp = 1'000;
  std::int64_t first_index = 10;
  unsigned seed = 1;
  int expected_loss = 10;  // 0: no in-band FEC
};

class SimulatedMicrophone {
 public:
  SimulatedMicrophone(MicrophoneOptions options, TimePoint start);

  /// Hands over, in order of arrival, all that arrived by `now`.
  void deliver_until(TimePoint now, const std::function<void(const UplinkPacket&)>& to);
  void deliver_until(TimePoint now, UplinkSink& sink);

  void set_amplitude(double amplitude) { options_.amplitude = amplitude; }
  void set_loss(double loss) { options_.loss = loss; }
  void set_jitter(Duration d) { options_.jitter = d; }
  void set_network(Duration d) { options_.network = d; }
  void set_sound(std::shared_ptr<const std::vector<float>> sound) {
    options_.sound = std::move(sound);
    played_ = 0;
  }
  /// The tick the microphone takes next is this instead: what a hall gives back of what it hears.
  void set_source(std::function<void(std::span<float>)> source) { source_ = std::move(source); }
  void set_silent(bool silent) { silent_ = silent; }  // sends nothing while silent
  std::int64_t sent() const { return sent_; }
  std::int64_t lost() const { return lost_; }

 private:
  struct Flight {
    TimePoint arrives;
    UplinkPacket packet;
    std::vector<std::uint8_t> payload;
  };
  void make_packet();

  MicrophoneOptions options_;
  TimePoint start_;
  OpusVoiceEncoder encoder_;
  diemcau::test::ToneGenerator tone_;
  std::mt19937 random_;
  std::function<void(std::span<float>)> source_;
  std::size_t played_ = 0;
  std::vector<Flight> flying_;
  std::vector<std::uint8_t> previous_;
  std::int64_t made_ = 0, sent_ = 0, lost_ = 0;
  bool silent_ = false;
};

}  // namespace diemcau::media::test
