#include "media/rtp/rtp_packet.hpp"

#include <gtest/gtest.h>

#include "tests/media/codec/hex.hpp"

namespace diemcau::media {
namespace {

// aiortc 1.4: payload type 111, sequence 0x1234, timestamp 99, SSRC 5, marker, "abcd".
constexpr std::string_view kPlain = "80ef1234000000630000000561626364";

TEST(RtpPacket, reads_a_plain_packet) {
  const auto bytes = hex(kPlain);
  const auto p = parse_rtp(bytes);
  ASSERT_TRUE(p);
  EXPECT_TRUE(p->marker);
  EXPECT_EQ(p->payload_type, 111);
  EXPECT_EQ(p->sequence, 0x1234);
  EXPECT_EQ(p->timestamp, 99u);
  EXPECT_EQ(p->ssrc, 5u);
  EXPECT_EQ(p->payload.size(), 4u);
}

TEST(RtpPacket, takes_csrcs_extension_and_padding_away) {
  const auto bytes = hex("b1ef1234 00000063 00000005 0000000a bede0001 10370000 6162 0003 0003");
  const auto p = parse_rtp(bytes);
  ASSERT_TRUE(p);
  EXPECT_EQ(p->extension.size(), 4u);
  EXPECT_EQ(p->payload.size(), 3u);
  EXPECT_EQ(p->payload[0], 0x61);
}

TEST(RtpPacket, may_be_all_padding) {
  const auto bytes = hex("a0ef123400000063000000050000 0004");
  const auto p = parse_rtp(bytes);
  ASSERT_TRUE(p);
  EXPECT_TRUE(p->payload.empty());
}

TEST(RtpPacket, refuses_lengths_that_do_not_add_up) {
  EXPECT_FALSE(parse_rtp({}));
  EXPECT_FALSE(parse_rtp(hex("80ef123400000063000000")));                    // half a header
  EXPECT_FALSE(parse_rtp(hex("40ef12340000006300000005")));                  // version 1
  EXPECT_FALSE(parse_rtp(hex("8fef1234000000630000000500000001")));          // 15 CSRCs
  EXPECT_FALSE(parse_rtp(hex("90ef12340000006300000005bede")));              // half an extension
  EXPECT_FALSE(parse_rtp(hex("90ef12340000006300000005bede000200000000")));  // longer than told
  EXPECT_FALSE(parse_rtp(hex("a0ef1234000000630000000500")));                // padding of 0
  EXPECT_FALSE(parse_rtp(hex("a0ef12340000006300000005ff")));                // more than there is
}

// RFC 8285 §4.2: elements of one, two and four bytes with padding between.
TEST(RtpExtensions, reads_the_rfcs_one_byte_example) {
  const auto data = hex("10aa 2100bb 0000 33cccccccc");
  RtpExtensionReader reader(0xbede, data);
  std::vector<std::pair<int, std::size_t>> seen;
  while (const auto e = reader.next()) seen.emplace_back(e->id, e->data.size());
  EXPECT_EQ(seen, (std::vector<std::pair<int, std::size_t>>{{1, 1}, {2, 2}, {3, 4}}));
}

// RFC 8285 §4.3: an element of no bytes, one of one, padding, one of four.
TEST(RtpExtensions, reads_the_rfcs_two_byte_example) {
  const auto data = hex("0100 0201bb 00 0304cccccccc");
  RtpExtensionReader reader(0x1000, data);
  std::vector<std::pair<int, std::size_t>> seen;
  while (const auto e = reader.next()) seen.emplace_back(e->id, e->data.size());
  EXPECT_EQ(seen, (std::vector<std::pair<int, std::size_t>>{{1, 0}, {2, 1}, {3, 4}}));
}

TEST(RtpExtensions, end_at_id_15_and_at_a_cut) {
  const auto ends = hex("10aa f0 20bb");
  RtpExtensionReader reader(0xbede, ends);
  EXPECT_TRUE(reader.next());
  EXPECT_FALSE(reader.next());
  const auto cut = hex("13aabb");
  RtpExtensionReader other(0xbede, cut);
  EXPECT_FALSE(other.next());
  RtpExtensionReader unknown(0x1234, ends);
  EXPECT_FALSE(unknown.next());
}

TEST(RtpExtensions, are_told_apart_by_negotiated_ids) {
  const auto bytes = hex("90ef1234 00000063 00000005 bede0003 4031 32010203 51abcd 1085 00 61");
  const auto p = parse_rtp(bytes);
  ASSERT_TRUE(p);
  HeaderExtensionIds ids;
  ids.mid = 4;
  ids.abs_send_time = 3;
  ids.transport_cc = 5;
  ids.audio_level = 1;
  const auto e = p->read_extensions(ids);
  EXPECT_EQ(e.mid, "1");
  EXPECT_EQ(e.abs_send_time, 0x010203u);
  EXPECT_EQ(e.transport_sequence, 0xabcd);
  EXPECT_EQ(e.audio_level, 0x85);
  EXPECT_TRUE(p->read_extensions({}).mid.empty());
}

}  // namespace
}  // namespace diemcau::media
