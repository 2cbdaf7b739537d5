// A receiver whose line becomes narrow: the server's session, a line of bytes per second with a
// short buffer, a site's session behind it; by a clock moved by hand.

#include "media/rtp/video_pacer.hpp"
#include "tests/media/rtp/session_harness.hpp"

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kHeaders = 28;

TEST(VideoPacer, when_off_lets_everything_through) {
  VideoPacer pacer;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(pacer.take(1200, TimePoint{seconds(1)}));
}

TEST(VideoPacer, lets_the_rate_through_and_no_burst) {
  VideoPacer pacer;
  pacer.set_rate(240'000);
  TimePoint now{seconds(1)};
  int packets = 0;
  for (int ms = 0; ms < 2000; ms += 20) {
    int at_once = 0;
    while (pacer.take(1200, now + milliseconds(ms))) ++at_once;
    EXPECT_LE(at_once, 2);
    packets += at_once;
  }
  EXPECT_NEAR(packets, 50, 2);
}

TEST(VideoPacer, pictures_wait_for_what_repairs_took) {
  VideoPacer pacer;
  pacer.set_rate(240'000);
  TimePoint now{seconds(1)};
  pacer.take(1200, now);
  pacer.spend(6000);
  EXPECT_FALSE(pacer.take(1200, now + milliseconds(200)));
  EXPECT_TRUE(pacer.take(1200, now + milliseconds(260)));
}

/// The server's output through a line: what does not fit its buffer is lost.
class NarrowPipe final : public PacketOutput {
 public:
  explicit NarrowPipe(const Clock& clock) : clock_(clock) {}
  std::span<std::uint8_t> reserve() noexcept override { return room_; }
  void commit_rtp(std::size_t size) noexcept override {
    enqueue({room_.begin(), room_.begin() + static_cast<std::ptrdiff_t>(size)}, false);
  }
  void send_rtcp(std::span<const std::uint8_t> compound) noexcept override {
    enqueue({compound.begin(), compound.end()}, true);
  }
  void flush() noexcept override {}

  void deliver(RtpSession& to) {
    while (!queue_.empty() && queue_.front().out <= clock_.now()) {
      auto d = std::move(queue_.front());
      queue_.pop_front();
      d.rtcp ? to.on_rtcp(d.bytes, clock_.now()) : to.on_rtp(d.bytes, clock_.now());
    }
  }
  double rate = 5e6;                    // bit/s
  Duration buffer = milliseconds(100);  // of the rate
  Duration longest_wait{};              // of a packet of sound
  int sound_lost = 0, sent_while_watched = 0, repairs = 0;

 private:
  struct Datagram {
    std::vector<std::uint8_t> bytes;
    bool rtcp = false;
    TimePoint out{};
  };
  void enqueue(std::vector<std::uint8_t> bytes, bool rtcp) {
    const TimePoint now = clock_.now();
    const bool sound = !rtcp && parse_rtp(bytes)->ssrc == 2000;
    if (!rtcp && !sound) ++sent_while_watched;
    if (!rtcp && parse_rtp(bytes)->ssrc == 1001) ++repairs;
    const double waits = std::max(0.0, std::chrono::duration<double>(free_ - now).count());
    const std::size_t size = bytes.size() + kHeaders;
    if (waits > std::chrono::duration<double>(buffer).count()) {
      sound_lost += sound ? 1 : 0;
      return;
    }
    const auto takes = std::chrono::duration_cast<Duration>(
        std::chrono::duration<double>(static_cast<double>(size) * 8 / rate));
    free_ = std::max(free_, now) + takes;
    if (sound) longest_wait = std::max(longest_wait, free_ - now);
    queue_.push_back({std::move(bytes), rtcp, free_ + milliseconds(20)});
  }
  const Clock& clock_;
  std::array<std::uint8_t, kMaxRtpPacket + 16> room_{};
  std::deque<Datagram> queue_;
  TimePoint free_{};
};

class ThinLineTest : public SessionTest {
 protected:
  void SetUp() override {
    run([&] {
      auto there_video = video();
      there_video.local_ssrc = 3000;
      there_video.local_rtx_ssrc = 3001;
      auto there_audio = audio();
      there_audio.local_ssrc = 4000;
      to_ = std::make_unique<NarrowPipe>(clock_);
      back_ = std::make_unique<Pipe>(clock_);
      RtpSessionEvents events;
      events.on_choke = [this](const LineEstimate& line) {
        ++chokes_;
        choked_to_ = line.bitrate;
        choked_at_ = clock_.now();
        if (on_choke_) on_choke_();
      };
      server_ =
          std::make_unique<RtpSession>(session({audio(), video()}), loop_, *to_, metrics_, events);
      site_ = std::make_unique<RtpSession>(session({there_audio, there_video}), loop_, *back_,
                                           metrics_, RtpSessionEvents{});
      pictures_ = std::make_shared<OrderedRecorder>();
      site_->set_ordered_sink(Slot::main, Layer::high, pictures_);
      large_ = stream(Codec::vp8, "large");
      small_ = stream(Codec::vp8, "small");
      sound_ = stream(Codec::opus, "mix");
      large_source_ = std::make_unique<Vp8Source>(large_, clock_, 1, 0);
      small_source_ = std::make_unique<Vp8Source>(small_, clock_, 100, 7000);
      server_->show(Slot::audio, sound_);
      server_->show(Slot::main, large_);
    });
  }
  void TearDown() override {
    run([&] {
      server_.reset();
      site_.reset();
    });
  }

  /// 25 frames/s: the large stream of 12 packets (1.5 Mbit/s), the small of one; sound every 20 ms.
  void play(int ms) {
    for (int t = 0; t < ms; t += 10, elapsed_ += 10) {
      clock_.advance(milliseconds(10));
      if (elapsed_ % 20 == 0) {
        auto chunk = std::make_shared<PacketChunk>();
        chunk->bytes.resize(160);
        PacketInfo info;
        info.size = 160;
        info.index = sound_index_++;
        info.timestamp = static_cast<std::uint32_t>(info.index * 960);
        chunk->packets.push_back(info);
        chunk->captured = chunk->produced = clock_.now();
        sound_->publish(chunk);
      }
      if (elapsed_ % 40 == 0) {
        large_source_->publish(std::exchange(large_key_, false), 12);
        small_source_->publish(std::exchange(small_key_, false), 1);
      }
      to_->deliver(*site_);
      back_->deliver(*server_, clock_.now() - milliseconds(20));
      tick(*server_, clock_.now());
      tick(*site_, clock_.now());
    }
  }

  std::unique_ptr<NarrowPipe> to_;
  std::unique_ptr<Pipe> back_;
  std::unique_ptr<RtpSession> server_, site_;
  std::shared_ptr<EncodedStream> large_, small_, sound_;
  std::unique_ptr<Vp8Source> large_source_, small_source_;
  std::shared_ptr<OrderedRecorder> pictures_;
  bool large_key_ = true, small_key_ = true;
  int elapsed_ = 0;
  std::int64_t sound_index_ = 0;
  int chokes_ = 0;
  double choked_to_ = 0;
  TimePoint choked_at_{};
  std::function<void()> on_choke_;
};

TEST_F(ThinLineTest, a_good_line_is_left_alone) {
  run([&] {
    play(5000);
    EXPECT_EQ(chokes_, 0);
    EXPECT_EQ(to_->sound_lost, 0);
    EXPECT_NEAR(static_cast<double>(pictures_->indices.size()), 125 * 12, 24);
  });
}

TEST_F(ThinLineTest, when_it_becomes_narrow_pictures_stop_a_round_trip_and_a_few_frames_later) {
  run([&] {
    play(3000);
    to_->rate = 300e3;
    const TimePoint fell = clock_.now();
    play(300);
    ASSERT_EQ(chokes_, 1);
    // 40 ms of way and 100 ms of its own full buffer are the round trip.
    EXPECT_LE(choked_at_ - fell, milliseconds(140 + 3 * 40));
    EXPECT_LE(choked_to_, 600e3);
    const int sent = to_->sent_while_watched;
    play(100);
    EXPECT_EQ(to_->sent_while_watched, sent) << "held";
  });
}

TEST_F(ThinLineTest, the_lower_picture_is_back_within_a_second_and_sound_is_not_lost_then) {
  run([&] {
    play(3000);
    to_->rate = 300e3;
    on_choke_ = [&] {
      small_key_ = true;
      server_->show(Slot::main, small_);
      server_->set_line(300e3);
    };
    play(500);
    to_->sound_lost = 0;
    to_->longest_wait = {};
    const auto before = pictures_->indices.size();
    play(1500);
    EXPECT_GT(pictures_->indices.size(), before + 20);
    EXPECT_EQ(to_->sound_lost, 0);
    EXPECT_LE(to_->longest_wait, milliseconds(80));
  });
}

TEST_F(ThinLineTest, pictures_that_gave_way_are_not_repaired) {
  run([&] {
    play(3000);
    to_->rate = 300e3;
    on_choke_ = [&] {
      to_->repairs = 0;
      small_key_ = true;
      server_->show(Slot::main, small_);
      server_->set_line(300e3);
    };
    play(2000);
    ASSERT_GE(chokes_, 1);
    EXPECT_LE(to_->repairs, 5) << "they would fill the line for seconds";
  });
}

TEST_F(ThinLineTest, a_large_key_frame_over_a_thin_line_is_spread_and_delays_sound_by_a_packet) {
  run([&] {
    to_->rate = 300e3;
    to_->buffer = seconds(2);  // would hold it all
    server_->set_line(300e3);
    server_->show(Slot::main, small_);
    play(1000);
    to_->longest_wait = {};
    small_source_->publish(true, 30);  // 18 kB: half a second of the line
    play(1500);
    EXPECT_LE(to_->longest_wait, milliseconds(60));
    EXPECT_EQ(chokes_, 0);
    EXPECT_GT(pictures_->indices.size(), 60U);
  });
}

TEST_F(ThinLineTest, what_cannot_catch_up_is_dropped_counted_and_begun_again_with_a_key_frame) {
  run([&] {
    server_->set_line(300e3);
    play(4000);  // the large stream over a thin line, and nobody chooses another
    EXPECT_GT(metrics_.counter("diemcau_queue_dropped_total", "", {{"queue", "pacer"}}).value(),
              100U);
    EXPECT_GE(key_frames_asked_, 1);
    EXPECT_EQ(to_->sound_lost, 0);
  });
}

TEST_F(ThinLineTest, a_wide_line_again_lets_out_what_waits) {
  run([&] {
    server_->set_line(600e3);
    play(400);
    server_->set_line(0);
    large_key_ = true;
    play(1000);
    const auto before = pictures_->indices.size();
    play(1000);
    EXPECT_NEAR(static_cast<double>(pictures_->indices.size() - before), 25 * 12, 24);
  });
}

TEST_F(ThinLineTest, a_receiver_that_begs_for_key_frames_does_not_key_the_others_stream_each_time) {
  run([&] {
    play(1000);
    const int before = key_frames_asked_;
    for (int i = 0; i < 40; ++i) {
      site_->request_key_frame(Slot::main, Layer::high);
      play(50);
    }
    EXPECT_LE(key_frames_asked_ - before, 5) << "in two seconds";
  });
}

}  // namespace
}  // namespace diemcau::media
