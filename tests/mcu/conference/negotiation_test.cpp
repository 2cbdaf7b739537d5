#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mcu/conference/negotiation/answer.hpp"
#include "tests/mcu/conference/negotiation_support.hpp"

namespace diemcau::mcu {
namespace {

using media::Codec;
using media::Slot;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

TEST(Negotiation, chromium_gets_h264_red_and_three_slots) {
  const auto offer = parse_offer(vector("chromium-156-offer.sdp"));
  ASSERT_TRUE(offer) << offer.error().detail;
  const auto result = negotiate(*offer, policy());
  ASSERT_TRUE(result) << result.error().detail;
  const auto& slots = result->parameters.slots;
  ASSERT_THAT(slots, SizeIs(3));
  EXPECT_EQ(slots[0].slot, Slot::audio);
  EXPECT_EQ(slots[0].codec.payload_type, 111);
  EXPECT_EQ(slots[0].codec.red_payload_type, 63);
  EXPECT_NE(slots[0].extensions.audio_level, 0);
  EXPECT_FALSE(slots[0].codec.transport_cc) << "or sound is hardly sent again";
  EXPECT_EQ(slots[0].extensions.transport_cc, 0);
  for (const int i : {1, 2}) {
    EXPECT_EQ(slots[i].codec.codec, Codec::h264);
    EXPECT_TRUE(slots[i].codec.rtx_payload_type);
    EXPECT_TRUE(slots[i].codec.nack && slots[i].codec.pli && slots[i].codec.transport_cc);
    EXPECT_TRUE(slots[i].receive && slots[i].send);
    EXPECT_NE(slots[i].local_ssrc, 0u);
    EXPECT_NE(slots[i].local_rtx_ssrc, slots[i].local_ssrc);
  }
  EXPECT_EQ(slots[1].slot, Slot::main);
  EXPECT_EQ(slots[2].slot, Slot::second);
  EXPECT_EQ(result->parameters.local_dtls_role, media::DtlsRole::server);
  EXPECT_FALSE(result->parameters.ice_controlling);
}

TEST(Negotiation, the_answer_to_chromium_is_passive_red_first_and_refuses_the_data_channel) {
  const auto offer = parse_offer(vector("chromium-156-offer.sdp"));
  const auto result = negotiate(*offer, policy());
  const auto answer = write_answer(*offer, *result, local());
  const auto parts = sections(answer);
  ASSERT_THAT(parts, SizeIs(4));
  EXPECT_THAT(
      parts[0],
      AllOf(HasSubstr("m=audio 9 UDP/TLS/RTP/SAVPF 63 111\r\n"), HasSubstr("a=fmtp:63 111/111\r\n"),
            HasSubstr("a=setup:passive\r\n"), HasSubstr("a=candidate:1 1 UDP"),
            HasSubstr("a=end-of-candidates\r\n"), HasSubstr("a=msid:stage mix\r\n"),
            HasSubstr("a=rtcp-mux\r\n"), HasSubstr("a=rtcp-fb:111 nack\r\n"),
            Not(HasSubstr("transport-cc")), Not(HasSubstr("transport-wide-cc"))));
  EXPECT_THAT(parts[1],
              AllOf(HasSubstr("H264/90000"), HasSubstr("profile-level-id=42e01f"),
                    HasSubstr("packetization-mode=1"), HasSubstr("a=ssrc-group:FID"),
                    HasSubstr("transport-cc"), HasSubstr("goog-remb"), Not(HasSubstr("VP8"))));
  EXPECT_THAT(parts[2], HasSubstr("a=msid:second second-picture\r\n"))
      << "slides wait for no sound";
  EXPECT_THAT(parts[3], HasSubstr("m=application 0 "));
  EXPECT_THAT(answer, HasSubstr("a=group:BUNDLE 0 1 2\r\n"));
}

TEST(Negotiation, firefox_without_h264_gets_vp8_and_plain_opus) {
  const auto offer = parse_offer(vector("firefox-153-offer.sdp"));
  ASSERT_TRUE(offer) << offer.error().detail;
  const auto result = negotiate(*offer, policy());
  ASSERT_TRUE(result) << result.error().detail;
  const auto& slots = result->parameters.slots;
  ASSERT_THAT(slots, SizeIs(3));
  EXPECT_EQ(slots[0].codec.payload_type, 109);
  EXPECT_FALSE(slots[0].codec.red_payload_type);
  EXPECT_EQ(slots[1].codec.codec, Codec::vp8);
  EXPECT_TRUE(slots[1].codec.rtx_payload_type);
}

TEST(Negotiation, aiortc_gets_an_answer) {
  const auto offer = parse_offer(vector("aiortc-1.4-offer.sdp"));
  ASSERT_TRUE(offer) << offer.error().detail;
  const auto result = negotiate(*offer, policy());
  ASSERT_TRUE(result) << result.error().detail;
  EXPECT_EQ(result->parameters.slots.size(), 2u);
  EXPECT_EQ(result->slot_of_section.back(), -1) << "its data channel";
}

TEST(Negotiation, a_publisher_is_only_listened_to_and_a_receiver_only_sent_to) {
  const auto offer = parse_offer(vector("chromium-156-offer.sdp"));
  const auto publisher = negotiate(*offer, policy(PeerKind::publisher));
  for (const auto& slot : publisher->parameters.slots) EXPECT_TRUE(slot.receive && !slot.send);
  const auto receiver = negotiate(*offer, policy(PeerKind::receiver));
  for (const auto& slot : receiver->parameters.slots) {
    EXPECT_TRUE(slot.send && !slot.receive);
    EXPECT_FALSE(slot.codec.transport_cc) << "or the browser sends no REMB";
    EXPECT_EQ(slot.extensions.transport_cc, 0);
  }
}

TEST(Negotiation, directions_are_answered_as_rfc_3264_says) {
  const auto with = [](const std::string& direction) {
    const auto offer =
        parse_offer(replace(vector("chromium-156-offer.sdp"), "a=sendrecv", "a=" + direction));
    return write_answer(*offer, *negotiate(*offer, policy()), local());
  };
  EXPECT_THAT(sections(with("sendonly"))[1], HasSubstr("a=recvonly"));
  EXPECT_THAT(sections(with("recvonly"))[1], HasSubstr("a=sendonly"));
  EXPECT_THAT(sections(with("inactive"))[1], HasSubstr("a=inactive"));
}

TEST(Negotiation, a_passive_offerer_makes_us_the_dtls_client) {
  const auto offer =
      parse_offer(replace(vector("chromium-156-offer.sdp"), "a=setup:actpass", "a=setup:passive"));
  const auto result = negotiate(*offer, policy());
  EXPECT_EQ(result->parameters.local_dtls_role, media::DtlsRole::client);
  EXPECT_THAT(write_answer(*offer, *result, local()), HasSubstr("a=setup:active"));
}

TEST(Negotiation, sections_outside_the_bundle_are_refused) {
  auto text = vector("chromium-156-offer.sdp");
  const auto at = text.find("a=group:BUNDLE");
  text.replace(at, text.find("\r\n", at) - at, "a=group:BUNDLE 0");
  const auto result = negotiate(*parse_offer(text), policy());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->slot_of_section, (std::vector<int>{0, -1, -1, -1}));
}

TEST(Negotiation, a_relayed_picture_is_only_given_to_who_takes_its_codec) {
  auto p = policy(PeerKind::receiver);
  p.only_video = Codec::vp8;
  const auto chromium = negotiate(*parse_offer(vector("chromium-156-offer.sdp")), p);
  EXPECT_EQ(chromium->parameters.slots[1].codec.codec, Codec::vp8);
  p.only_video = Codec::h264;
  const auto firefox = negotiate(*parse_offer(vector("firefox-153-offer.sdp")), p);
  ASSERT_TRUE(firefox) << "its sound is still served";
  EXPECT_EQ(firefox->parameters.slots.size(), 1u);
}

struct BadOffer {
  const char* name;
  std::string text;
  const char* code;
};
class Refusals : public testing::TestWithParam<BadOffer> {};

TEST_P(Refusals, say_why) {
  const auto offer = parse_offer(GetParam().text);
  const auto code = !offer ? offer.error().code : [&] {
    const auto result = negotiate(*offer, policy());
    return result ? std::string("accepted") : result.error().code;
  }();
  EXPECT_EQ(code, GetParam().code) << GetParam().name;
}

std::string chromium() {
  return vector("chromium-156-offer.sdp");
}
std::string without_lines(const std::string& prefix) {
  std::string out;
  std::stringstream in(chromium());
  for (std::string line; std::getline(in, line);)
    if (!line.starts_with(prefix)) out += line + "\n";
  return out;
}

INSTANTIATE_TEST_SUITE_P(
    Negotiation, Refusals,
    testing::Values(
        BadOffer{"empty", "", "sdp.empty"}, BadOffer{"prose", "hello", "sdp.malformed"},
        BadOffer{"json", "{\"sdp\":\"v=0\"}", "sdp.malformed"},
        BadOffer{"nul", std::string("v=0\r\n\0", 6), "sdp.malformed"},
        BadOffer{"huge", "v=0\r\n" + std::string(200'000, 'a'), "sdp.too_large"},
        BadOffer{"no media", "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n", "sdp.no_media"},
        BadOffer{"no ufrag", without_lines("a=ice-ufrag"), "sdp.no_ice"},
        BadOffer{"no password", without_lines("a=ice-pwd"), "sdp.no_ice"},
        BadOffer{"no fingerprint", without_lines("a=fingerprint"), "sdp.no_fingerprint"},
        BadOffer{"sha-1", replace(chromium(), "sha-256", "sha-1"), "sdp.fingerprint_unsupported"},
        BadOffer{"no rtcp-mux", without_lines("a=rtcp-mux"), "sdp.no_usable_media"},
        BadOffer{"no codec", without_lines("a=rtpmap"), "sdp.no_usable_media"},
        BadOffer{"plain RTP", replace(chromium(), "UDP/TLS/RTP/SAVPF", "RTP/AVP"),
                 "sdp.no_usable_media"}),
    [](const auto& bad) { return std::to_string(bad.index); });

TEST(Negotiation, a_thousand_sections_are_refused) {
  std::string text = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
  for (int i = 0; i < 1000; ++i) text += "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n";
  EXPECT_EQ(parse_offer(text).error().code, "sdp.too_many_sections");
}

TEST(IceFragment, gives_candidates_and_credentials) {
  const auto ice = parse_ice_fragment(
      "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n"
      "a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0\r\n"
      "a=end-of-candidates\r\n");
  ASSERT_TRUE(ice) << ice.error().detail;
  EXPECT_EQ(ice->ufrag, "EsAw");
  EXPECT_THAT(ice->candidates, SizeIs(1));
}

TEST(IceFragment, refuses_prose) {
  EXPECT_EQ(parse_ice_fragment("hello").error().code, "sdp.malformed");
  EXPECT_EQ(parse_ice_fragment("").error().code, "sdp.empty");
}

}  // namespace
}  // namespace diemcau::mcu
