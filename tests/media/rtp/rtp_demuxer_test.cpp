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
    return route_with(ssrc, type, RtpExtensions{mid, {}, {}, {}, {}, {}});
  }
  RtpDemuxer::Decision route_with(std::uint32_t ssrc, std::uint8_t type,
                                  const RtpExtensions& extensions) {
    RtpPacket packet;
    packet.ssrc = ssrc;
    packet.payload_type = type;
    return demuxer_.route(packet, extensions, now_);
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

/// The camera slot with simulcast, and a screen beside it.
class SimulcastDemuxerTest : public RtpDemuxerTest {
 protected:
  SimulcastDemuxerTest() {
    auto camera = slot_of(Slot::main, "1", 96);
    camera.simulcast = true;
    demuxer_ = RtpDemuxer({slot_of(Slot::audio, "0", 111), camera, slot_of(Slot::second, "2", 96)});
  }
  RtpDemuxer::Decision media(std::uint32_t ssrc, std::string_view rid, std::string_view mid = "1") {
    return route_with(ssrc, 96, {mid, rid, {}, {}, {}, {}});
  }
  RtpDemuxer::Decision repair(std::uint32_t ssrc, std::string_view repaired) {
    return route_with(ssrc, 97, {"1", {}, repaired, {}, {}, {}});
  }
  static Layer layer(const RtpDemuxer::Decision& d) { return std::get<RtpDemuxer::Route>(d).layer; }
};

TEST_F(SimulcastDemuxerTest, latches_the_rid_of_the_first_packets_to_the_ssrc) {
  EXPECT_EQ(layer(media(500, "h")), Layer::high);
  EXPECT_EQ(layer(media(600, "l")), Layer::low);
  EXPECT_EQ(layer(route(600, 96)), Layer::low);
  EXPECT_EQ(layer(route(500, 96)), Layer::high);
  EXPECT_EQ(layer(route(600, 96, "1")), Layer::low) << "a mid alone moves no layer";
  EXPECT_EQ(demuxer_.media_ssrc(Slot::main, Layer::high), 500u);
  EXPECT_EQ(demuxer_.media_ssrc(Slot::main, Layer::low), 600u);
  EXPECT_EQ(demuxer_.place_of_media(600), (RtpDemuxer::Place{Slot::main, Layer::low}));
}

TEST_F(SimulcastDemuxerTest, latches_repairs_by_their_repaired_rid) {
  media(600, "l");
  EXPECT_EQ(layer(repair(601, "l")), Layer::low);
  EXPECT_EQ(layer(route(601, 97)), Layer::low);
  EXPECT_EQ(reason(repair(501, {})), RejectReason::rid) << "or it would mend the wrong layer";
  EXPECT_EQ(demuxer_.place_of_media(601), std::nullopt);
}

TEST_F(SimulcastDemuxerTest, refuses_a_rid_nobody_negotiated) {
  EXPECT_EQ(reason(media(500, "q")), RejectReason::rid);
  EXPECT_EQ(reason(media(500, "hh")), RejectReason::rid);
}

TEST_F(SimulcastDemuxerTest, takes_a_source_without_rid_for_the_high_layer_when_that_is_free) {
  EXPECT_EQ(layer(media(500, {})), Layer::high);
  EXPECT_EQ(reason(media(700, {})), RejectReason::ssrc) << "it is taken now";
  now_ += seconds(2);
  EXPECT_EQ(layer(media(700, {})), Layer::high);
}

TEST_F(SimulcastDemuxerTest, a_layer_that_begins_anew_replaces_its_own_source_only) {
  media(500, "h");
  media(600, "l");
  EXPECT_TRUE(std::get<RtpDemuxer::Route>(media(800, "h")).new_source);
  EXPECT_EQ(reason(route(500, 96)), RejectReason::stale_ssrc);
  EXPECT_EQ(layer(route(600, 96)), Layer::low);
}

TEST_F(SimulcastDemuxerTest, a_rid_moves_its_ssrc) {
  media(500, "h");
  EXPECT_EQ(layer(media(500, "l")), Layer::low);
  EXPECT_EQ(demuxer_.media_ssrc(Slot::main, Layer::high), 0u);
}

TEST_F(SimulcastDemuxerTest, a_crowd_over_both_layers_stays_bounded) {
  for (std::uint32_t ssrc = 1; ssrc <= RtpDemuxer::kMostSources; ++ssrc)
    media(ssrc, ssrc % 2 == 0 ? "h" : "l");
  EXPECT_EQ(reason(media(1000, "h")), RejectReason::ssrc_limit);
}

TEST_F(RtpDemuxerTest, ignores_rids_where_there_is_no_simulcast) {
  EXPECT_EQ(slot(route_with(500, 96, {"1", "q", {}, {}, {}, {}})), Slot::main);
}

}  // namespace
}  // namespace diemcau::media
