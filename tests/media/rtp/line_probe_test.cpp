#include "media/rtp/line_probe.hpp"

#include "tests/media/rtp/session_harness.hpp"

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;

SlotParameters second() {
  SlotParameters slot;
  slot.slot = Slot::second;
  slot.mid = "2";
  slot.send = true;
  slot.codec.codec = Codec::vp8;
  slot.codec.payload_type = 96;
  slot.codec.rtx_payload_type = 97;
  slot.local_ssrc = 1;
  slot.local_rtx_ssrc = 2;
  slot.extensions.mid = 4;
  slot.extensions.abs_send_time = 3;
  return slot;
}

struct LineProbeTest : testing::Test {
  ManualClock clock;
  Pipe pipe{clock};
  LineProbe probe{second(), clock};

  /// Ticks for `time`; returns bytes on the wire.
  double run(Duration time, Duration step = milliseconds(20)) {
    const std::size_t before = wire();
    for (Duration t{}; t < time; t += step) {
      clock.advance(step);
      probe.tick(clock.now(), pipe);
    }
    return static_cast<double>(wire() - before);
  }
  std::size_t wire() const {
    std::size_t bytes = 0;
    for (const auto& d : pipe.queue) bytes += d.bytes.size() + 44;
    return bytes;
  }
};

TEST_F(LineProbeTest, climbs_its_steps_and_ends) {
  probe.start({{500'000, milliseconds(500)}, {4'000'000, milliseconds(500)}}, clock.now());
  EXPECT_NEAR(run(milliseconds(500)), 31'250, 400);
  EXPECT_TRUE(probe.running());
  EXPECT_NEAR(run(milliseconds(500)), 250'000, 400);
  EXPECT_FALSE(probe.running());
  EXPECT_EQ(run(milliseconds(500)), 0);
}

TEST_F(LineProbeTest, its_packets_are_padding_alone_on_the_retransmission_source) {
  probe.start({{1'000'000, milliseconds(200)}}, clock.now());
  run(milliseconds(200));
  std::vector<Pipe::Datagram> kept;
  const auto packets = pipe.rtp(kept);
  ASSERT_GT(packets.size(), 50u);
  EXPECT_EQ(packets.size(), probe.packets());
  std::uint16_t expected = packets[0].sequence;
  for (const auto& packet : packets) {
    EXPECT_EQ(packet.ssrc, 2u);
    EXPECT_EQ(packet.payload_type, 97);
    EXPECT_EQ(packet.sequence, expected++);
    EXPECT_TRUE(packet.payload.empty());
  }
}

TEST_F(LineProbeTest, makes_up_no_long_pause) {
  probe.start({{4'000'000, std::chrono::seconds(2)}}, clock.now());
  clock.advance(milliseconds(900));
  probe.tick(clock.now(), pipe);
  EXPECT_NEAR(static_cast<double>(wire()), 30'000, 400) << "60 ms of it";
  probe.stop();
  EXPECT_EQ(run(milliseconds(100)), 0);
}

TEST_F(LineProbeTest, waits_for_a_transport_that_is_not_ready) {
  probe.start({{1'000'000, milliseconds(100)}}, clock.now());
  pipe.ready = false;
  EXPECT_EQ(run(milliseconds(100)), 0);
  EXPECT_FALSE(probe.running());
}

TEST(LineProbe, needs_a_retransmission_source) {
  auto slot = second();
  EXPECT_TRUE(LineProbe::possible(slot));
  slot.codec.rtx_payload_type.reset();
  EXPECT_FALSE(LineProbe::possible(slot));
  slot = second();
  slot.send = false;
  EXPECT_FALSE(LineProbe::possible(slot));
}

}  // namespace
}  // namespace diemcau::media
