// Sound over a line that loses three packets of ten and delays the others by 50 ± 30 ms, both
// ways, feedback included: two RTP sessions back to back, a jitter buffer at the end, a clock
// moved by hand and one seed.

#include <algorithm>
#include <random>

#include "media/mix/audio_playout.hpp"
#include "tests/media/mix/audio/hall.hpp"
#include "tests/media/rtp/session_harness.hpp"

namespace diemcau::media {
namespace {

using diemcau::test::level_db;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Hall;
using test::MicrophoneOptions;
using test::SimulatedMicrophone;

/// One direction of the line.
class BadLine final : public PacketOutput {
 public:
  BadLine(const Clock& clock, double loss, unsigned seed)
      : clock_(clock), loss_(loss), random_(seed) {}

  std::span<std::uint8_t> reserve() noexcept override { return room_; }
  void commit_rtp(std::size_t size) noexcept override {
    send(false, std::span<const std::uint8_t>(room_).first(size));
  }
  void send_rtcp(std::span<const std::uint8_t> compound) noexcept override { send(true, compound); }
  void flush() noexcept override {}

  void deliver(RtpSession& to) {
    std::stable_sort(flying_.begin(), flying_.end(),
                     [](const Flight& a, const Flight& b) { return a.arrives < b.arrives; });
    const auto rest = std::find_if(flying_.begin(), flying_.end(),
                                   [&](const Flight& f) { return f.arrives > clock_.now(); });
    std::vector<Flight> due(std::make_move_iterator(flying_.begin()),
                            std::make_move_iterator(rest));
    flying_.erase(flying_.begin(), rest);
    for (const Flight& f : due)
      f.rtcp ? to.on_rtcp(f.bytes, f.arrives) : to.on_rtp(f.bytes, f.arrives);
  }
  int sent = 0, lost = 0;

 private:
  struct Flight {
    TimePoint arrives;
    bool rtcp = false;
    std::vector<std::uint8_t> bytes;
  };
  void send(bool rtcp, std::span<const std::uint8_t> bytes) {
    ++sent;
    const auto delay = milliseconds(20) + std::chrono::microseconds(random_() % 60'000);
    if (random_() % 1'000 < loss_ * 1'000) {
      ++lost;
      return;
    }
    flying_.push_back({clock_.now() + delay, rtcp, {bytes.begin(), bytes.end()}});
  }

  const Clock& clock_;
  const double loss_;
  std::mt19937 random_;
  std::vector<Flight> flying_;
  std::array<std::uint8_t, kMaxForwardedPacket + 16> room_{};
};

/// The end that plays: counts what it had to make up.
class Ear final : public UplinkSink {
 public:
  void on_uplink_packet(const UplinkPacket& packet) noexcept override {
    AudioPacket kept;
    kept.index = packet.index;
    kept.timestamp = packet.timestamp;
    kept.arrived = packet.arrived;
    kept.red = packet.red;
    if (kept.set_payload(packet.payload)) playout_.push(kept);
  }
  void tick(TimePoint now) {
    const std::uint64_t before = counters_.concealed.value();
    AudioBlock block;
    playout_.pull(now, block);
    const auto made_up = static_cast<int>((counters_.concealed.value() - before) / 48);
    const bool silent = level_db(block) < kSilence;
    silence_ms = silent ? silence_ms + 20 : 0;
    longest_silence_ms = std::max(longest_silence_ms, silence_ms);
    ++ticks;
    missing_ms += made_up;
    made_up_ms = made_up > 0 ? made_up_ms + made_up : 0;
    longest_made_up_ms = std::max(longest_made_up_ms, made_up_ms);
  }
  /// The buffer has learnt the line: what counts begins here.
  void mark() {
    ticks = missing_ms = made_up_ms = longest_made_up_ms = silence_ms = longest_silence_ms = 0;
  }
  double recovered() const { return 1 - missing_ms / (20.0 * ticks); }

  int ticks = 0, missing_ms = 0, made_up_ms = 0, longest_made_up_ms = 0;
  int silence_ms = 0, longest_silence_ms = 0;

 private:
  static constexpr double kSilence = -40;  // dB; the tone has -13
  Metrics metrics_;
  AudioCounters counters_{metrics_};
  AudioPlayout playout_{counters_};
};

class SoundOnBadLine : public SessionTest {
 protected:
  struct Repair {
    bool red = false, nack = false;
  };
  using Speak = std::function<PacketChunkPtr()>;

  /// A minute of sound over the line, after ten seconds to learn it. `speak`: each 20 ms.
  void play(Repair repair, const Speak& speak) {
    auto here = audio();
    here.codec.nack = repair.nack;
    if (!repair.red) here.codec.red_payload_type.reset();
    auto there = here;
    there.local_ssrc = 3'000;
    RtpSessionEvents events;
    BadLine to(clock_, 0.3, 7), back(clock_, 0.3, 8);
    RtpSession sender(session({here}), loop_, to, metrics_, events);
    RtpSession receiver(session({there}), loop_, back, metrics_, events);
    ear_ = std::make_shared<Ear>();
    receiver.set_uplink_sink(Slot::audio, ear_);
    auto sound = stream(Codec::opus, repair.red ? "mix-red" : "mix-opus");
    sender.show(Slot::audio, sound);
    for (int n = 0; n < 70 * 50; ++n) {
      if (n == 10 * 50) ear_->mark();
      if (auto chunk = speak()) sound->publish(std::move(chunk));
      for (int step = 0; step < 4; ++step) {
        clock_.advance(milliseconds(5));
        to.deliver(receiver);
        back.deliver(sender);
        sender.tick(clock_.now());
        receiver.tick(clock_.now());
        if (step == 1) ear_->tick(clock_.now());
      }
    }
    lost_ = static_cast<double>(to.lost) / to.sent;
    sender.close();
    RecordProperty("recovered_per_mille", static_cast<int>(ear_->recovered() * 1'000));
    RecordProperty("longest_made_up_ms", ear_->longest_made_up_ms);
  }

  /// As a site's browser sends it.
  void play_up(Repair repair, int expected_loss) {
    run([&] {
      MicrophoneOptions options;
      options.red = repair.red;
      options.network = {};
      options.expected_loss = expected_loss;
      options.syllables = speech_;
      options.frequency = speech_ ? 150 : 440;
      SimulatedMicrophone microphone(options, clock_.now());
      play(repair, [&] {
        std::shared_ptr<PacketChunk> chunk;
        microphone.deliver_until(clock_.now(), [&](const UplinkPacket& packet) {
          chunk = std::make_shared<PacketChunk>();
          chunk->bytes.assign(packet.payload.begin(), packet.payload.end());
          chunk->captured = chunk->produced = clock_.now();
          PacketInfo info;
          info.size = static_cast<std::uint16_t>(packet.payload.size());
          info.index = packet.index;
          info.timestamp = packet.timestamp;
          info.audio_level = packet.audio_level;
          chunk->packets.push_back(info);
        });
        return chunk;
      });
    });
  }
  /// As our mix goes out.
  void play_down(Repair repair) {
    run([&] {
      Hall hall;
      hall.now = clock_.now();
      MicrophoneOptions options;
      options.syllables = speech_;
      options.frequency = speech_ ? 150 : 440;
      hall.join(1, options);
      hall.wants = {!repair.red, repair.red, false};
      play(repair, [&]() -> PacketChunkPtr {
        hall.tick();
        auto& made = repair.red ? hall.last.red : hall.last.opus;
        made->captured = made->produced = clock_.now();
        return made;
      });
    });
  }
  std::shared_ptr<Ear> ear_;
  double lost_ = 0;
  bool speech_ = false;  // Opus carries redundancy of speech only, not of a steady tone
};

TEST_F(SoundOnBadLine, a_site_with_redundancy_and_retransmission_is_understood) {
  play_up({true, true}, 0);
  EXPECT_NEAR(lost_, 0.3, 0.03);
  EXPECT_GE(ear_->recovered(), 0.97);
  EXPECT_LE(ear_->longest_made_up_ms, 100);
  EXPECT_EQ(ear_->longest_silence_ms, 0);
}

TEST_F(SoundOnBadLine, the_mix_with_redundancy_and_retransmission_is_understood) {
  play_down({true, true});
  EXPECT_NEAR(lost_, 0.3, 0.03);
  EXPECT_GE(ear_->recovered(), 0.97);
  EXPECT_LE(ear_->longest_made_up_ms, 100);
  EXPECT_EQ(ear_->longest_silence_ms, 0);
}

/// Firefox: no RED, but it answers our NACKs; each request costs a round trip of delay.
TEST_F(SoundOnBadLine, a_site_without_redundancy_is_mended_by_retransmission_and_in_band) {
  speech_ = true;
  play_up({false, true}, 10);
  EXPECT_GE(ear_->recovered(), 0.87);
}

/// Firefox asks for nothing again: what it gets is what Opus carries in itself.
TEST_F(SoundOnBadLine, the_mix_without_other_repair_is_mended_in_band_where_one_packet_is_missing) {
  speech_ = true;
  play_down({false, false});
  const double in_band = ear_->recovered();
  EXPECT_GE(in_band, 0.78);
  play_up({false, false}, 0);
  EXPECT_LT(ear_->recovered(), 0.70) << "bare, this line must be as bad as it is meant to be";
}

}  // namespace
}  // namespace diemcau::media
