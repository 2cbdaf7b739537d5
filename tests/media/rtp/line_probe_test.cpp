#include "media/rtp/line_probe.hpp"

#include <set>

#include "media/rtp/rtcp/nack.hpp"
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
  std::uint16_t sequence = 0xfff0;

  /// Ticks for `time`; returns bytes on the wire.
  double run(Duration time, Duration step = milliseconds(20)) {
    const std::size_t before = wire();
    for (Duration t{}; t < time; t += step) {
      clock.advance(step);
      probe.tick(clock.now(), pipe, [this] { return sequence++; });
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
  std::uint16_t expected = 0xfff0;
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
  probe.tick(clock.now(), pipe, [this] { return sequence++; });
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

struct ProbedSessionTest : SessionTest {
  Pipe pipe{clock_};
  std::vector<Pipe::Datagram> kept;

  void advance(RtpSession& server, Duration by) {
    clock_.advance(by);
    tick(server, clock_.now());
  }
};

TEST_F(ProbedSessionTest, a_probe_and_repairs_before_and_after_it_share_no_number) {
  run([&] {
    RtpSession server(session({video()}), loop_, pipe, metrics_, {});
    auto stage = stream(Codec::vp8);
    Vp8Source source(stage, clock_, 1, 1);
    const auto repair_a_picture = [&] {
      server.show(Slot::main, stage);
      source.publish(true, 5);
      std::uint16_t last = 0;
      for (const auto& packet : pipe.rtp(kept))
        if (packet.ssrc == 1000) last = packet.sequence;
      for (std::uint16_t i = 0; i < 5; ++i) {
        std::vector<std::uint8_t> room(64);
        rtcp::Writer out(room);
        rtcp::Nack{1, 1000, {{static_cast<std::uint16_t>(last - i), 0}}}.write(out);
        server.on_rtcp(std::span(room).first(out.size()), clock_.now());
      }
      server.show(Slot::main, nullptr);
    };
    repair_a_picture();
    ASSERT_TRUE(server.start_probe(Slot::main, {{1'000'000, milliseconds(200)}}));
    EXPECT_FALSE(server.start_probe(Slot::main, {{1'000'000, milliseconds(200)}})) << "one runs";
    for (int i = 0; server.probing() && i < 50; ++i) advance(server, milliseconds(20));
    EXPECT_EQ(server.take_probe_end(), true);
    EXPECT_EQ(server.take_probe_end(), std::nullopt);
    repair_a_picture();

    std::set<std::uint16_t> numbers;
    std::size_t sent = 0, repaired = 0;
    for (const auto& packet : pipe.rtp(kept)) {
      if (packet.ssrc != 1001) continue;
      ++sent;
      repaired += packet.payload.empty() ? 0 : 1;
      numbers.insert(packet.sequence);
    }
    EXPECT_EQ(repaired, 10u);
    EXPECT_GT(sent, 50u);
    EXPECT_EQ(numbers.size(), sent) << "two packets have one number";
  });
}

TEST_F(ProbedSessionTest, a_probe_gives_way_to_a_picture_and_never_joins_one) {
  run([&] {
    RtpSession server(session({video()}), loop_, pipe, metrics_, {});
    auto stage = stream(Codec::vp8);
    server.show(Slot::main, stage);
    EXPECT_FALSE(server.start_probe(Slot::main, {{1'000'000, milliseconds(200)}}));
    server.show(Slot::main, nullptr);
    ASSERT_TRUE(server.start_probe(Slot::main, {{1'000'000, milliseconds(200)}}));
    advance(server, milliseconds(20));
    server.show(Slot::main, stage);
    EXPECT_FALSE(server.probing());
    EXPECT_EQ(server.take_probe_end(), false);
    const int before = pipe.rtp_sent;
    advance(server, milliseconds(100));
    EXPECT_EQ(pipe.rtp_sent, before);
  });
}

}  // namespace
}  // namespace diemcau::media
