#include "mcu/conference/negotiation/simulcast.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/mcu/conference/negotiation_support.hpp"

namespace diemcau::mcu {
namespace {

using media::Codec;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kChromium = "chromium-156-simulcast-offer.sdp";

std::string answer_to(const std::string& text, PeerKind kind = PeerKind::page) {
  const auto offer = parse_offer(text);
  if (!offer) return offer.error().code;
  const auto result = negotiate(*offer, policy(kind));
  return result ? write_answer(*offer, *result, local()) : result.error().code;
}

TEST(Simulcast, chromium_gets_both_layers_in_h264_and_its_paused_one_stays_paused) {
  const auto offer = parse_offer(vector(kChromium));
  const auto result = negotiate(*offer, policy());
  const auto& slots = result->parameters.slots;
  ASSERT_EQ(slots.size(), 3u);
  EXPECT_TRUE(slots[1].simulcast);
  EXPECT_EQ(slots[1].codec.codec, Codec::h264);
  EXPECT_EQ(slots[1].extensions.rid, 10);
  EXPECT_EQ(slots[1].extensions.repaired_rid, 11);
  EXPECT_FALSE(slots[2].simulcast) << "a screen has one layer";
  const auto camera = sections(write_answer(*offer, *result, local()))[1];
  EXPECT_THAT(
      camera,
      AllOf(HasSubstr("a=rid:h recv\r\na=rid:l recv\r\n"), HasSubstr("a=simulcast:recv ~h;l\r\n"),
            HasSubstr("a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"),
            HasSubstr("a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n")));
}

TEST(Simulcast, firefox_gets_both_layers_in_vp8_by_rid_whatever_ssrcs_it_names) {
  const auto offer = parse_offer(vector("firefox-153-simulcast-offer.sdp"));
  ASSERT_TRUE(offer) << offer.error().detail;
  const auto result = negotiate(*offer, policy());
  const auto& camera = result->parameters.slots[1];
  EXPECT_TRUE(camera.simulcast);
  EXPECT_EQ(camera.codec.codec, Codec::vp8);
  EXPECT_EQ(camera.remote_ssrc, 0u);
  EXPECT_EQ(camera.remote_rtx_ssrc, 0u);
  EXPECT_THAT(sections(write_answer(*offer, *result, local()))[1],
              HasSubstr("a=simulcast:recv h;l\r\n"));
}

TEST(Simulcast, an_offer_without_it_gets_an_answer_without_it) {
  const auto answer = answer_to(vector("chromium-156-offer.sdp"));
  EXPECT_THAT(answer, AllOf(Not(HasSubstr("a=simulcast")), Not(HasSubstr("a=rid")),
                            Not(HasSubstr("rtp-stream-id"))));
}

TEST(Simulcast, a_publisher_may_send_layers_and_a_receiver_is_not_asked_for_any) {
  EXPECT_THAT(answer_to(vector(kChromium), PeerKind::publisher), HasSubstr("a=simulcast:recv"));
  EXPECT_THAT(answer_to(vector(kChromium), PeerKind::receiver), Not(HasSubstr("a=simulcast")));
}

/// What stands in place of "~h;l" and of the rid lines, and the list of the answer; empty: none.
struct Shape {
  const char* name;
  std::string list;
  std::string answered;
};
void PrintTo(const Shape& shape, std::ostream* out) {
  *out << shape.name;
}
class Shapes : public testing::TestWithParam<Shape> {};

TEST_P(Shapes, are_all_answered) {
  const auto answer = answer_to(
      replace(vector(kChromium), "a=simulcast:send ~h;l", "a=simulcast:" + GetParam().list));
  ASSERT_THAT(answer, HasSubstr("m=video 9 ")) << GetParam().name;
  const auto camera = sections(answer)[1];
  if (GetParam().answered.empty())
    EXPECT_THAT(camera, Not(HasSubstr("a=simulcast"))) << GetParam().name;
  else
    EXPECT_THAT(camera, HasSubstr("a=simulcast:recv " + GetParam().answered + "\r\n"))
        << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(
    Simulcast, Shapes,
    testing::Values(
        Shape{"both", "send h;l", "h;l"}, Shape{"other order", "send l;h", "l;h"},
        Shape{"small one paused", "send h;~l", "h;~l"}, Shape{"both paused", "send ~h;~l", "~h;~l"},
        Shape{"alternatives", "send h,x;l,y", "h;l"}, Shape{"ours not preferred", "send x,h;l", ""},
        Shape{"a third layer", "send h;m;l", "h;l"}, Shape{"one twice", "send h;h;l", "h;l"},
        Shape{"both directions", "send h;l recv a;b", "h;l"},
        Shape{"received first", "recv a;b send h;l", "h;l"}, Shape{"only received", "recv h;l", ""},
        Shape{"one layer", "send h", ""}, Shape{"strange names", "send 0;1;2", ""},
        Shape{"as one stream", "send h,l", ""}, Shape{"an old draft", " send rid=h;l", ""},
        Shape{"nothing", "", ""}, Shape{"no list", "send", ""}, Shape{"prose", "please do", ""},
        Shape{"empty streams", "send h;;l", ""}, Shape{"only tildes", "send ~;~", ""},
        Shape{"odd letters", "send h;l\x01", ""}, Shape{"a crowd", "send h;l;a;b;c;d;e;f;g", ""},
        Shape{"a long name", "send h;l;" + std::string(400, 'x'), ""}),
    [](const auto& shape) { return std::to_string(shape.index); });

TEST(Simulcast, needs_the_rids_declared_for_sending_and_for_the_codec_chosen) {
  const auto with = [](const std::string& what, const std::string& instead) {
    return answer_to(replace(vector(kChromium), what, instead));
  };
  const auto none = Not(HasSubstr("a=simulcast"));
  EXPECT_THAT(with("a=rid:l send\r\n", ""), none);
  EXPECT_THAT(with("a=rid:l send", "a=rid:l recv"), none);
  EXPECT_THAT(with("a=rid:l send", "a=rid:l send pt=96"), none) << "VP8 only, and H.264 is taken";
  EXPECT_THAT(with("a=rid:l send", "a=rid:l send max-width=160;pt=96,107,108,109,102,103,114,116"),
              HasSubstr("a=simulcast:recv ~h;l"));
}

TEST(Simulcast, needs_the_extensions_that_tell_layers_and_their_repairs_apart) {
  for (const char* uri : {"sdes:rtp-stream-id", "sdes:repaired-rtp-stream-id", "sdes:mid"})
    EXPECT_THAT(answer_to(replace(vector(kChromium), uri, "sdes:unknown")),
                Not(HasSubstr("a=simulcast")))
        << uri;
}

TEST(Simulcast, a_crowd_of_rids_stays_bounded) {
  OfferedSimulcast offered;
  for (int i = 0; i < 1000; ++i) offered.read_rid("r" + std::to_string(i) + " send");
  EXPECT_EQ(offered.rids.size(), kMaxRids);
  offered.read_rid("x send");
  EXPECT_EQ(offered.rids.size(), kMaxRids);
}

TEST(Simulcast, a_malformed_line_leaves_what_was_read) {
  OfferedSimulcast offered;
  offered.read_simulcast("send h;l");
  offered.read_simulcast("send h;l;;");
  EXPECT_THAT(offered.send, ElementsAre(OfferedLayer{"h", false}, OfferedLayer{"l", false}));
  EXPECT_THAT(offered.receive, IsEmpty());
}

}  // namespace
}  // namespace diemcau::mcu
