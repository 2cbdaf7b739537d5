#include "media/rtp/rtp_session.hpp"

#include <set>

#include "media/codec/vp8_payload.hpp"
#include "media/rtp/rtcp/bye.hpp"
#include "media/rtp/rtcp/key_frame_requests.hpp"
#include "media/rtp/rtcp/nack.hpp"
#include "media/rtp/rtcp/remb.hpp"
#include "media/rtp/rtcp/reports.hpp"
#include "media/rtp/rtcp/source_description.hpp"
#include "media/rtp/rtcp/transport_feedback.hpp"
#include "tests/media/rtp/rtp_session_fixture.hpp"

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_F(RtpSessionTest, gives_sound_to_its_sink_with_level_and_red) {
  on_loop([&] {
    open({audio()});
    auto sink = std::make_shared<UplinkRecorder>();
    site_->set_uplink_sink(Slot::audio, sink);
    // RFC 6464 in a one-byte extension with id 1: voice, −5 dBov.
    std::vector<std::uint8_t> bytes{0x90, 63,   0,    1,    0,    0,    0,    1, 0, 0,   0,
                                    9,    0xbe, 0xde, 0x00, 0x01, 0x10, 0x85, 0, 0, 'o', 'p'};
    site_->on_rtp(bytes, clock_.now());
    ASSERT_EQ(sink->packets.size(), 1u);
    EXPECT_TRUE(sink->packets[0].red);
    EXPECT_TRUE(sink->packets[0].voice);
    EXPECT_EQ(sink->packets[0].audio_level, 5);
    site_->on_rtp(bytes, clock_.now());
    EXPECT_EQ(sink->packets.size(), 1u);
    EXPECT_EQ(rejected("duplicate"), 1u);
  });
}

TEST_F(RtpSessionTest, counts_and_drops_what_is_wrong) {
  on_loop([&] {
    open({video()});
    site_->set_ordered_sink(Slot::main, Layer::high, std::make_shared<OrderedRecorder>());
    const std::vector<std::uint8_t> garbage{0x80, 0x60, 1};
    site_->on_rtp(garbage, clock_.now());
    site_->on_rtcp(garbage, clock_.now());
    EXPECT_EQ(rejected("malformed"), 2u);
    receive(1, kKeyFrame, 96, 77, "9");
    EXPECT_EQ(rejected("mid"), 1u);
    receive(1, kKeyFrame, 99);
    EXPECT_EQ(rejected("payload_type"), 1u);
  });
}

TEST_F(RtpSessionTest, wants_to_be_called_seldom_while_nothing_is_due) {
  on_loop([&] {
    open({audio(), video()});
    const auto ticks_in = [&](Duration time) {
      const int before = ticks_;
      advance(time);
      return ticks_ - before;
    };
    ticks_in(seconds(1));
    EXPECT_LE(ticks_in(seconds(10)), 20) << "a report and statistics a second";

    // What comes may leave gaps and must be missed when it ends.
    receive(1, kKeyFrame);
    EXPECT_GE(ticks_in(seconds(1)), 50);
    ticks_in(seconds(3));
    EXPECT_EQ(flows_.size(), 2u) << "began and ended";
    EXPECT_LE(ticks_in(seconds(10)), 20);

    auto sound = stream(Codec::opus);
    site_->show(Slot::audio, sound);
    for (int i = 0; i < 500; ++i) {
      auto chunk = std::make_shared<PacketChunk>();
      chunk->bytes.assign(80, 1);
      PacketInfo info;
      info.size = 80;
      info.index = i;
      chunk->packets.push_back(info);
      sound->publish(chunk);
      ticks_in(milliseconds(20));
    }
    EXPECT_LE(ticks_in(seconds(10)), 130) << "sending on a free line only has to be measured";

    // A thin line is paced, and a key frame that does not come is asked for again.
    site_->set_line(64'000);
    EXPECT_GE(ticks_in(seconds(1)), 50);
    site_->set_line(0);
    ticks_in(seconds(1));
    auto picture = stream(Codec::vp8);
    site_->show(Slot::main, picture);
    EXPECT_GE(ticks_in(seconds(1)), 50);
    EXPECT_GE(key_frames_asked_, 2);
  });
}

TEST_F(RtpSessionTest, tells_when_the_uplink_flows_and_when_it_stops) {
  on_loop([&] {
    open({video()});
    receive(1, kKeyFrame);
    EXPECT_EQ(rejected("no_sink"), 1u);
    advance(seconds(3));
    EXPECT_EQ(flows_,
              (std::vector<std::pair<Slot, bool>>{{Slot::main, true}, {Slot::main, false}}));
    receive(2, kKeyFrame);
    receive_rtcp(rtcp::Bye{{77}});
    EXPECT_EQ(flows_.size(), 4u);
  });
}

TEST_F(RtpSessionTest, asks_for_nothing_that_got_lost_before_a_camera_rested) {
  on_loop([&] {
    open({video()});
    const auto sink = std::make_shared<OrderedRecorder>();
    site_->set_ordered_sink(Slot::main, Layer::high, sink);
    receive(10, kKeyFrame);
    advance(seconds(3));
    receive(14, kKeyFrame);
    advance(milliseconds(100));
    EXPECT_TRUE(sent<rtcp::Nack>().empty());
    EXPECT_EQ(sink->indices, (std::vector<std::int64_t>{10, 14})) << "nor waits for it";
    EXPECT_EQ(sink->gaps, 1);
    receive(16, kInterFrame);
    advance(milliseconds(100));
    EXPECT_FALSE(sent<rtcp::Nack>().empty());
  });
}

TEST_F(RtpSessionTest, asks_for_the_head_of_a_slide_that_comes_after_long) {
  on_loop([&] {
    open({video()});
    receive(10, kKeyFrame);
    advance(seconds(3));
    receive(12, kInterFrame);
    advance(milliseconds(100));
    EXPECT_FALSE(sent<rtcp::Nack>().empty());
  });
}

TEST_F(RtpSessionTest, asks_for_a_key_frame_until_one_arrives) {
  on_loop([&] {
    open({video()});
    site_->set_ordered_sink(Slot::main, Layer::high, std::make_shared<OrderedRecorder>());
    receive(1, kInterFrame);
    for (int i = 2; i < 30; ++i) {
      receive(static_cast<std::uint16_t>(i), kInterFrame);
      advance(milliseconds(40));
    }
    EXPECT_EQ(sent<rtcp::Pli>(), (std::vector<rtcp::Pli>{{1000, 77}, {1000, 77}, {1000, 77}}));
    receive(30, kKeyFrame);
    pipe_.queue.clear();
    advance(milliseconds(1000));
    EXPECT_TRUE(sent<rtcp::Pli>().empty());
  });
}

TEST_F(RtpSessionTest, uses_fir_where_there_is_no_pli) {
  on_loop([&] {
    auto slot = video();
    slot.codec.pli = false;
    open({slot});
    receive(1, kInterFrame);
    site_->request_key_frame(Slot::main, Layer::high);
    const auto firs = sent<rtcp::Fir>();
    ASSERT_EQ(firs.size(), 1u);
    EXPECT_EQ(firs[0].entries[0].ssrc, 77u);
  });
}

TEST_F(RtpSessionTest, restores_packets_from_rtx) {
  on_loop([&] {
    open({video()});
    auto sink = std::make_shared<OrderedRecorder>();
    site_->set_ordered_sink(Slot::main, Layer::high, sink);
    receive(1, kKeyFrame);
    receive(3, kInterFrame);
    const auto nacks = sent<rtcp::Nack>();
    ASSERT_EQ(nacks.size(), 1u);  // at once, not at the next tick
    EXPECT_EQ(nacks[0].items[0].first, 2);
    receive(500, {0, 2, 0x90, 0x80, 0x80, 0x05, 0x01}, 97, 78);
    EXPECT_EQ(sink->indices, (std::vector<std::int64_t>{1, 2, 3}));
    EXPECT_EQ(sink->payloads[1][3], 0x05);
    receive(501, {}, 97, 78);  // padding to probe the line
    EXPECT_EQ(sink->indices.size(), 3u);
  });
}

TEST_F(RtpSessionTest, reports_early_and_then_every_second) {
  on_loop([&] {
    open({video(), audio()});
    receive(1, kKeyFrame);
    advance(milliseconds(120));
    auto reports = sent<rtcp::ReceiverReport>();
    std::erase_if(reports, [](const auto& r) { return r.blocks.empty(); });
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].blocks[0].ssrc, 77u);
    const auto names = sent<rtcp::SourceDescription>();
    ASSERT_FALSE(names.empty());
    EXPECT_EQ(names[0].chunks[0].cname, "diemcau-test");
    advance(seconds(2));
    reports = sent<rtcp::ReceiverReport>();
    std::erase_if(reports, [](const auto& r) { return r.blocks.empty(); });
    EXPECT_EQ(reports.size(), 3u);
  });
}

TEST_F(RtpSessionTest, covers_every_received_packet_with_transport_feedback) {
  on_loop([&] {
    open({video()});
    std::set<int> truth, told;
    for (int i = 0; i < 300; ++i) {
      if (i % 9 == 4) continue;
      const bool rtx = i % 11 == 3;
      receive(static_cast<std::uint16_t>(i), rtx ? std::vector<std::uint8_t>{} : kKeyFrame,
              rtx ? 97 : 96, rtx ? 78 : 77, "1", i);
      truth.insert(i);
      if (i % 4 == 0) advance(milliseconds(20));
    }
    advance(milliseconds(200));
    for (const auto& feedback : sent<rtcp::TransportFeedback>()) {
      int sequence = feedback.base_sequence;
      for (const auto& status : feedback.statuses) {
        if (status.received) told.insert(sequence);
        ++sequence;
      }
    }
    EXPECT_EQ(told, truth);
  });
}

TEST_F(RtpSessionTest, sends_no_transport_feedback_where_it_was_not_agreed_on) {
  on_loop([&] {
    auto slot = video();
    slot.codec.transport_cc = false;
    open({slot});
    receive(1, kKeyFrame, 96, 77, "1", 5);
    advance(milliseconds(500));
    EXPECT_TRUE(sent<rtcp::TransportFeedback>().empty());
  });
}

TEST_F(RtpSessionTest, tells_the_ceiling_at_once_repeats_it_and_lifts_it) {
  on_loop([&] {
    open({video()});
    receive(1, kKeyFrame);
    site_->set_uplink_ceiling(400'000);
    auto rembs = sent<rtcp::Remb>();
    ASSERT_EQ(rembs.size(), 1u);
    EXPECT_EQ(rembs[0].bitrate, 400'000u);
    EXPECT_EQ(rembs[0].ssrcs[0], 77u);
    advance(seconds(2));
    EXPECT_GE(sent<rtcp::Remb>().size(), 3u);
    pipe_.queue.clear();
    site_->set_uplink_ceiling(0);
    rembs = sent<rtcp::Remb>();
    ASSERT_EQ(rembs.size(), 1u);
    EXPECT_GT(rembs[0].bitrate, 100'000'000u);
    advance(seconds(10));
    EXPECT_EQ(sent<rtcp::Remb>().size(), 3u);
  });
}

}  // namespace
}  // namespace diemcau::media
