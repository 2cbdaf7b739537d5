#include "media/codec/vp8_payload.hpp"
#include "media/rtp/rtcp/bye.hpp"
#include "media/rtp/rtcp/key_frame_requests.hpp"
#include "media/rtp/rtcp/nack.hpp"
#include "media/rtp/rtcp/remb.hpp"
#include "media/rtp/rtcp/reports.hpp"
#include "media/rtp/rtp_session.hpp"
#include "tests/media/rtp/rtp_session_fixture.hpp"

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// What the session sends to the site.
class RtpSessionDownlinkTest : public RtpSessionTest {};

TEST_F(RtpSessionDownlinkTest, shows_a_stream_from_a_key_frame_on) {
  on_loop([&] {
    open({video()});
    auto stage = stream(Codec::vp8);
    Vp8Source source(stage, clock_, 100, 5000);
    site_->show(Slot::main, stage);
    EXPECT_EQ(key_frames_asked_, 1);
    source.publish(false);
    EXPECT_EQ(pipe_.rtp_sent, 0);
    source.publish(true);
    source.publish(false);
    const auto packets = pipe_.rtp(kept_);
    ASSERT_EQ(packets.size(), 6u);
    for (std::size_t i = 1; i < packets.size(); ++i)
      EXPECT_EQ(static_cast<std::uint16_t>(packets[i].sequence - packets[i - 1].sequence), 1);
    EXPECT_EQ(packets[0].ssrc, 1000u);
    EXPECT_EQ(packets[0].payload_type, 96);
    HeaderExtensionIds ids;
    ids.mid = 4;
    EXPECT_EQ(packets[0].read_extensions(ids).mid, "1");
    EXPECT_GE(pipe_.flushes, 2);
  });
}

TEST_F(RtpSessionDownlinkTest, asks_again_for_a_key_frame_that_does_not_come) {
  on_loop([&] {
    open({video()});
    site_->show(Slot::main, stream(Codec::vp8));
    advance(milliseconds(1700));
    EXPECT_EQ(key_frames_asked_, 4);
  });
}

TEST_F(RtpSessionDownlinkTest, gives_a_newcomer_the_kept_key_frame_when_it_is_new) {
  on_loop([&] {
    auto stage = stream(Codec::vp8);
    Pipe other_pipe(clock_);
    RtpSession other(session({video()}), loop_, other_pipe, metrics_, {});
    other.show(Slot::main, stage);
    Vp8Source source(stage, clock_, 100, 5000);
    source.publish(true);
    clock_.advance(milliseconds(40));
    source.publish(false);
    const int asked = key_frames_asked_;
    open({video()});
    site_->show(Slot::main, stage);
    EXPECT_EQ(pipe_.rtp_sent, 6);
    EXPECT_EQ(key_frames_asked_, asked);
    clock_.advance(milliseconds(1500));
    Pipe late_pipe(clock_);
    RtpSession late(session({video()}), loop_, late_pipe, metrics_, {});
    late.show(Slot::main, stage);
    EXPECT_EQ(late_pipe.rtp_sent, 0);
    EXPECT_EQ(key_frames_asked_, asked + 1);
  });
}

TEST_F(RtpSessionDownlinkTest, switches_at_a_key_frame_with_all_numbers_going_on) {
  on_loop([&] {
    open({video()});
    auto large = stream(Codec::vp8), small = stream(Codec::vp8);
    Vp8Source from(large, clock_, 32'767, 900'000, 50), to(small, clock_, 9, 17, 60'000);
    site_->show(Slot::main, large);
    from.publish(true);
    clock_.advance(milliseconds(40));
    from.publish(false);
    site_->show(Slot::main, small);
    clock_.advance(milliseconds(40));
    to.publish(false);
    from.publish(false);  // goes on until the other has a key frame
    clock_.advance(milliseconds(40));
    to.publish(true);
    from.publish(false);  // nobody reads it any more
    clock_.advance(milliseconds(40));
    to.publish(false);
    EXPECT_FALSE(large->watched());
    const auto packets = pipe_.rtp(kept_);
    ASSERT_EQ(packets.size(), 15u);
    for (std::size_t i = 0; i + 3 < packets.size(); ++i) {
      EXPECT_EQ(static_cast<std::uint16_t>(packets[i + 1].sequence - packets[i].sequence), 1);
      EXPECT_EQ(packets[i + 3].timestamp - packets[i].timestamp, 3600u);
      const auto id = [&](std::size_t n) {
        return parse_vp8_descriptor(packets[n].payload)->picture_id;
      };
      EXPECT_EQ((id(i + 3) - id(i)) & 0x7fff, 1) << i;
    }
  });
}

TEST_F(RtpSessionDownlinkTest, waits_with_the_key_frame_until_the_transport_is_ready) {
  on_loop([&] {
    open({video()});
    pipe_.ready = false;
    auto stage = stream(Codec::vp8);
    site_->show(Slot::main, stage);
    Vp8Source source(stage, clock_, 100, 5000);
    source.publish(true);
    EXPECT_EQ(pipe_.rtp_sent, 0);
    pipe_.ready = true;
    advance(milliseconds(500));
    EXPECT_EQ(pipe_.rtp_sent, 3);  // the kept one
  });
}

TEST_F(RtpSessionDownlinkTest, gives_each_site_the_mix_without_itself) {
  on_loop([&] {
    open({audio()});
    auto mix = stream(Codec::opus, "mix-opus");
    site_->show(Slot::audio, mix, SourceId{5});
    auto chunk = std::make_shared<PacketChunk>();
    chunk->bytes = {'a', 'b', 'c'};
    for (std::uint8_t i = 0; i < 3; ++i) {
      PacketInfo info;
      info.offset = i;
      info.size = 1;
      info.index = 40;
      info.timestamp = 960;
      info.variant = SourceId{std::array<std::uint64_t, 3>{0, 5, 6}[i]};
      chunk->packets.push_back(info);
    }
    mix->publish(chunk);
    auto packets = pipe_.rtp(kept_);
    ASSERT_EQ(packets.size(), 1u);
    EXPECT_EQ(packets[0].payload[0], 'b');
    EXPECT_EQ(packets[0].payload_type, 111);
    // A retransmission is of the same variant, on the same SSRC where there is no RTX.
    receive_rtcp(rtcp::Nack{1, 2000, {{packets[0].sequence, 0}}});
    packets = pipe_.rtp(kept_);
    ASSERT_EQ(packets.size(), 2u);
    EXPECT_EQ(packets[1].payload[0], 'b');
    EXPECT_EQ(packets[1].sequence, packets[0].sequence);
    site_->show(Slot::audio, mix, SourceId{9});
    clock_.advance(milliseconds(20));
    mix->publish(chunk);
    EXPECT_EQ(pipe_.rtp(kept_).size(), 2u) << "one number is not given to two packets";
    auto next = std::make_shared<PacketChunk>(*chunk);
    for (PacketInfo& info : next->packets) {
      info.index = 41;
      info.timestamp = 1920;
    }
    mix->publish(next);
    EXPECT_EQ(pipe_.rtp(kept_).back().payload[0], 'a');
    // What room 5 was sent may be sent again as it was, but not as what room 9 would have got.
    clock_.advance(milliseconds(500));
    receive_rtcp(rtcp::Nack{1, 2000, {{packets[0].sequence, 0}}});
    EXPECT_EQ(pipe_.rtp(kept_).size(), 3u);
  });
}

TEST_F(RtpSessionDownlinkTest, sends_the_red_mix_under_its_own_payload_type) {
  on_loop([&] {
    open({audio()});
    auto mix = stream(Codec::opus, "mix-red");
    site_->show(Slot::audio, mix);
    auto chunk = std::make_shared<PacketChunk>();
    chunk->bytes = {1};
    chunk->packets.resize(1);
    chunk->packets[0].size = 1;
    mix->publish(chunk);
    EXPECT_EQ(pipe_.rtp(kept_).at(0).payload_type, 63);
  });
}

TEST_F(RtpSessionDownlinkTest, refuses_a_stream_the_slot_cannot_carry) {
  on_loop([&] {
    open({video(Codec::vp8)});
    auto h264 = stream(Codec::h264);
    site_->show(Slot::main, h264);
    EXPECT_FALSE(h264->watched());
    EXPECT_EQ(rejected("payload_type"), 1u);
  });
}

TEST_F(RtpSessionDownlinkTest, retransmits_by_rtx_what_is_kept_and_ignores_the_rest) {
  on_loop([&] {
    open({video()});
    auto stage = stream(Codec::vp8);
    site_->show(Slot::main, stage);
    Vp8Source(stage, clock_, 100, 5000).publish(true);
    const auto first = pipe_.rtp(kept_).at(1);
    const std::vector<std::uint8_t> payload(first.payload.begin(), first.payload.end());
    const auto sequence = first.sequence;
    receive_rtcp(rtcp::Nack{1, 1000, {{sequence, 0}}});
    receive_rtcp(rtcp::Nack{1, 1000, {{static_cast<std::uint16_t>(sequence + 100), 0}}});
    receive_rtcp(rtcp::Nack{1, 4242, {{sequence, 0}}});
    const auto packets = pipe_.rtp(kept_);
    ASSERT_EQ(packets.size(), 4u);
    EXPECT_EQ(packets[3].ssrc, 1001u);
    EXPECT_EQ(packets[3].payload_type, 97);
    EXPECT_EQ(packets[3].payload[0] << 8 | packets[3].payload[1], sequence);
    EXPECT_TRUE(std::equal(payload.begin(), payload.end(), packets[3].payload.begin() + 2));
    EXPECT_EQ(metrics_.counter("diemcau_rtp_not_retransmitted_total", "", {{"reason", "unknown"}})
                  .value(),
              1u);
  });
}

TEST_F(RtpSessionDownlinkTest, bounds_the_rate_of_retransmission) {
  on_loop([&] {
    open({video()});
    auto stage = stream(Codec::vp8);
    site_->show(Slot::main, stage);
    Vp8Source(stage, clock_, 100, 5000).publish(true, 10);
    const auto first = pipe_.rtp(kept_).at(0).sequence;
    // Nine: ten at once would be a choke, after which nothing of it is repaired.
    for (int i = 0; i < 1000; ++i) {
      receive_rtcp(rtcp::Nack{1, 1000, {{first, 0xff}}});
      clock_.advance(milliseconds(6));
    }
    // 6 s at 32 kB/s and one burst of 96 kB, in packets of some 640 bytes.
    EXPECT_LT(pipe_.rtp_sent, 480);
    EXPECT_GT(pipe_.rtp_sent, 300);
  });
}

TEST_F(RtpSessionDownlinkTest, hands_key_frame_wishes_to_the_stream_and_ignores_a_stopped_slot) {
  on_loop([&] {
    open({video()});
    auto stage = stream(Codec::vp8);
    site_->show(Slot::main, stage);
    Vp8Source(stage, clock_, 100, 5000).publish(true);
    key_frames_asked_ = 0;
    clock_.advance(seconds(1));
    receive_rtcp(rtcp::Pli{1, 1000});
    EXPECT_EQ(key_frames_asked_, 1);
    clock_.advance(seconds(1));
    receive_rtcp(rtcp::Fir{1, {{1000, 3}}});
    EXPECT_EQ(key_frames_asked_, 2);
    site_->show(Slot::main, nullptr);
    clock_.advance(seconds(1));
    receive_rtcp(rtcp::Pli{1, 1000});
    EXPECT_EQ(key_frames_asked_, 2);
  });
}

TEST_F(RtpSessionDownlinkTest, reads_remb_and_receiver_reports_into_statistics) {
  on_loop([&] {
    open({video()});
    auto stage = stream(Codec::vp8);
    site_->show(Slot::main, stage);
    Vp8Source(stage, clock_, 100, 5000).publish(true);
    advance(milliseconds(200));
    const auto reports = sent<rtcp::SenderReport>();
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].packet_count, 3u);
    receive_rtcp(rtcp::Remb{1, 750'000, {1000}});
    rtcp::ReportBlock block;
    block.ssrc = 1000;
    block.fraction_lost = 64;
    block.cumulative_lost = 9;
    block.last_sr = static_cast<std::uint32_t>(reports[0].ntp >> 16);
    block.delay_since_last_sr = 0;
    receive_rtcp(rtcp::ReceiverReport{1, {block}});
    advance(seconds(1));
    EXPECT_EQ(statistics_.remb, 750'000);
    const auto& down = statistics_.down[index_of(Slot::main)];
    EXPECT_DOUBLE_EQ(down.fraction_lost, 0.25);
    EXPECT_EQ(down.lost, 9u);
    EXPECT_EQ(down.packets, 3u);
    EXPECT_GT(down.round_trip, milliseconds(50));
    EXPECT_LT(down.round_trip, milliseconds(150));
  });
}

TEST_F(RtpSessionDownlinkTest, forwards_an_uplink_untouched_as_a_stream) {
  on_loop([&] {
    open({video()});
    auto forwarded = stream(Codec::vp8);
    site_->set_forward(Slot::main, Layer::high, forwarded);
    Pipe viewer_pipe(clock_);
    RtpSession viewer(session({video()}), loop_, viewer_pipe, metrics_, {});
    viewer.show(Slot::main, forwarded);
    receive(10, kKeyFrame);
    receive(11, kInterFrame);
    receive(13, kInterFrame);
    receive(12, kInterFrame);
    const auto packets = viewer_pipe.rtp(kept_);
    ASSERT_EQ(packets.size(), 4u);
    EXPECT_EQ(static_cast<std::uint16_t>(packets[2].sequence - packets[0].sequence), 3);
    EXPECT_EQ(static_cast<std::uint16_t>(packets[3].sequence - packets[0].sequence), 2);
    EXPECT_TRUE(std::equal(kKeyFrame.begin(), kKeyFrame.end(), packets[0].payload.begin()));
  });
}

TEST_F(RtpSessionDownlinkTest, forwards_padding_as_an_empty_packet_so_that_numbers_stay_whole) {
  on_loop([&] {
    open({video()});
    auto forwarded = stream(Codec::vp8);
    site_->set_forward(Slot::main, Layer::high, forwarded);
    Pipe viewer_pipe(clock_);
    RtpSession viewer(session({video()}), loop_, viewer_pipe, metrics_, {});
    viewer.show(Slot::main, forwarded);
    receive(10, kKeyFrame);
    receive(11, {});
    receive(12, kInterFrame);
    const auto packets = viewer_pipe.rtp(kept_);
    ASSERT_EQ(packets.size(), 3u);
    EXPECT_TRUE(packets[1].payload.empty());
    EXPECT_EQ(static_cast<std::uint16_t>(packets[2].sequence - packets[0].sequence), 2);
  });
}

TEST_F(RtpSessionDownlinkTest, says_goodbye) {
  on_loop([&] {
    open({video()});
    auto stage = stream(Codec::vp8);
    site_->show(Slot::main, stage);
    Vp8Source(stage, clock_, 100, 5000).publish(true);
    site_->close();
    const auto byes = sent<rtcp::Bye>();
    ASSERT_EQ(byes.size(), 1u);
    EXPECT_EQ(byes[0].sources[0], 1000u);
    EXPECT_FALSE(stage->watched());
  });
}

}  // namespace
}  // namespace diemcau::media
