#include "media/rtp/rtp_demuxer.hpp"

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

SlotParameters slot_of(Slot slot, std::string mid, std::uint8_t type) {
  SlotParameters p;
  p.slot = slot;
  p.mid = std::move(mid);
  p.receive = true;
  p.codec.codec = slot == Slot::audio ? Codec::opus : Codec::vp8;
  p.codec.payload_type = type;
  if (slot == Slot::audio)
    p.codec.red_payload_type = 63;
  else
    p.codec.rtx_payload_type = 97;
  return p;
}

class RtpDemuxerTest : public testing::Test {
 protected:
  RtpDemuxerTest()
      : demuxer_({slot_of(Slot::audio, "0", 111), slot_of(Slot::main, "1", 96),
                  slot_of(Slot::second, "2", 96)}) {}

  RtpDemuxer::Decision route(std::uint32_t ssrc, std::uint8_t type, std::string_view mid = {}) {
    RtpPacket packet;
    packet.ssrc = ssrc;
    packet.payload_type = type;
    return demuxer_.route(packet, mid, now_);
  }
  static RejectReason reason(const RtpDemuxer::Decision& d) {
    return std::holds_alternative<RejectReason>(d) ? std::get<RejectReason>(d)
                                                   : RejectReason::kCount;
  }
  static Slot slot(const RtpDemuxer::Decision& d) { return std::get<RtpDemuxer::Route>(d).slot; }

  TimePoint now_{seconds(1000)};
  RtpDemuxer demuxer_;
};

TEST_F(RtpDemuxerTest, latches_the_mid_to_the_ssrc) {
  EXPECT_EQ(slot(route(500, 96, "2")), Slot::second);
  EXPECT_EQ(slot(route(500, 96)), Slot::second);
  EXPECT_EQ(demuxer_.media_ssrc(Slot::second), 500u);
}

TEST_F(RtpDemuxerTest, goes_by_a_payload_type_that_only_one_slot_has) {
  EXPECT_EQ(slot(route(7, 111)), Slot::audio);
  EXPECT_EQ(reason(route(8, 96)), RejectReason::ssrc);
}

TEST_F(RtpDemuxerTest, tells_media_red_and_rtx_apart) {
  EXPECT_EQ(std::get<RtpDemuxer::Route>(route(7, 63, "0")).kind, RtpDemuxer::Kind::red);
  EXPECT_EQ(std::get<RtpDemuxer::Route>(route(500, 96, "1")).kind, RtpDemuxer::Kind::media);
  EXPECT_EQ(std::get<RtpDemuxer::Route>(route(501, 97, "1")).kind, RtpDemuxer::Kind::rtx);
  EXPECT_EQ(reason(route(501, 96)), RejectReason::payload_type);
  EXPECT_EQ(reason(route(500, 13)), RejectReason::payload_type);
}

TEST_F(RtpDemuxerTest, refuses_a_mid_nobody_has) {
  EXPECT_EQ(reason(route(500, 96, "9")), RejectReason::mid);
}

TEST_F(RtpDemuxerTest, gives_the_slot_to_a_new_ssrc_with_its_mid) {
  route(500, 96, "1");
  const auto next = route(600, 96, "1");
  EXPECT_TRUE(std::get<RtpDemuxer::Route>(next).new_source);
  EXPECT_EQ(demuxer_.media_ssrc(Slot::main), 600u);
  EXPECT_EQ(reason(route(500, 96)), RejectReason::stale_ssrc);
}

TEST_F(RtpDemuxerTest, takes_the_first_one_back_when_its_successor_is_quiet) {
  route(500, 96, "1");
  route(600, 96, "1");
  now_ += seconds(2);
  EXPECT_EQ(slot(route(500, 96)), Slot::main);
  EXPECT_EQ(demuxer_.media_ssrc(Slot::main), 500u);
}

TEST_F(RtpDemuxerTest, a_crowd_of_ssrcs_stays_bounded) {
  for (std::uint32_t ssrc = 1; ssrc <= RtpDemuxer::kMostSources; ++ssrc) route(ssrc, 96, "1");
  EXPECT_EQ(reason(route(1000, 96, "1")), RejectReason::ssrc_limit);
  EXPECT_EQ(slot(route(RtpDemuxer::kMostSources, 96)), Slot::main);  // the last one goes on
  now_ += RtpDemuxer::kForget + milliseconds(1);
  EXPECT_EQ(slot(route(1000, 96, "1")), Slot::main);
}

TEST_F(RtpDemuxerTest, knows_what_sdp_announced_and_yields_to_another) {
  auto announced = slot_of(Slot::main, "1", 96);
  announced.remote_ssrc = 42;
  announced.remote_rtx_ssrc = 43;
  RtpDemuxer demuxer({announced});
  RtpPacket packet;
  packet.ssrc = 43;
  packet.payload_type = 97;
  EXPECT_EQ(std::get<RtpDemuxer::Route>(demuxer.route(packet, {}, now_)).kind,
            RtpDemuxer::Kind::rtx);
  packet.ssrc = 99;
  packet.payload_type = 96;
  EXPECT_EQ(std::get<RtpDemuxer::Route>(demuxer.route(packet, {}, now_)).slot, Slot::main);
  EXPECT_EQ(demuxer.media_ssrc(Slot::main), 99u);
}

}  // namespace
}  // namespace diemcau::media
