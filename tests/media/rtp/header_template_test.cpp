#include "media/rtp/header_template.hpp"

#include <gtest/gtest.h>

#include "media/rtp/rtp_packet.hpp"

namespace diemcau::media {
namespace {

HeaderExtensionIds all_ids() {
  HeaderExtensionIds ids;
  ids.mid = 4;
  ids.abs_send_time = 2;
  ids.transport_cc = 3;
  ids.playout_delay = 6;
  return ids;
}

TEST(HeaderTemplate, writes_what_the_parser_reads) {
  const HeaderTemplate header({77, "1", all_ids(), true, true, 36});
  std::array<std::uint8_t, 64> room{};
  header.write(room.data(), {true, 96, 0xfffe, 0x01020304, 0x0a0b0c, 0xbeef});
  const auto p = parse_rtp(std::span(room).first(header.size()));
  ASSERT_TRUE(p);
  EXPECT_TRUE(p->marker);
  EXPECT_EQ(p->payload_type, 96);
  EXPECT_EQ(p->sequence, 0xfffe);
  EXPECT_EQ(p->timestamp, 0x01020304u);
  EXPECT_EQ(p->ssrc, 77u);
  const auto e = p->read_extensions(all_ids());
  EXPECT_EQ(e.mid, "1");
  EXPECT_EQ(e.abs_send_time, 0x0a0b0cu);
  EXPECT_EQ(e.transport_sequence, 0xbeef);
}

TEST(HeaderTemplate, with_mid_and_two_clocks_has_twelve_bytes_of_extensions) {
  const HeaderTemplate header({77, "1", all_ids(), true, false, 36});
  EXPECT_EQ(header.size(), 12u + 4 + 12);
}

TEST(HeaderTemplate, leaves_out_the_least_needed_when_room_is_short) {
  const HeaderTemplate header({77, "a-long-mid", all_ids(), true, true, 34});
  EXPECT_LE(header.size(), 34u);
  EXPECT_TRUE(header.has_mid());
  EXPECT_FALSE(header.has_transport_sequence());
}

TEST(HeaderTemplate, without_extensions_is_a_bare_header) {
  const HeaderTemplate header({77, "1", {}, true, true, 36});
  EXPECT_EQ(header.size(), kRtpHeaderSize);
}

}  // namespace
}  // namespace diemcau::media
