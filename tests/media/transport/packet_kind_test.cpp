#include "media/transport/packet_kind.hpp"

#include <array>

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

PacketKind kind_of_first(std::uint8_t first, std::uint8_t second = 0) {
  std::array<std::uint8_t, 20> packet{first, second};
  return packet_kind_of(packet);
}

TEST(PacketKind, follows_the_ranges_of_rfc_7983) {
  for (int first = 0; first < 256; ++first) {
    const auto kind = kind_of_first(static_cast<std::uint8_t>(first));
    if (first <= 3)
      EXPECT_EQ(kind, PacketKind::stun) << first;
    else if (first >= 20 && first <= 63)
      EXPECT_EQ(kind, PacketKind::dtls) << first;
    else if (first >= 128 && first <= 191)
      EXPECT_EQ(kind, PacketKind::rtp) << first;
    else
      EXPECT_EQ(kind, PacketKind::unknown) << first;
  }
}

TEST(PacketKind, tells_rtcp_from_rtp_by_the_packet_type_of_rfc_5761) {
  for (int type = 0; type < 256; ++type) {
    const auto kind = kind_of_first(0x80, static_cast<std::uint8_t>(type));
    EXPECT_EQ(kind, type >= 192 && type <= 223 ? PacketKind::rtcp : PacketKind::rtp) << type;
  }
}

TEST(PacketKind, takes_nothing_shorter_than_its_header) {
  EXPECT_EQ(packet_kind_of({}), PacketKind::unknown);
  const std::array<std::uint8_t, 7> stub{0x80, 200};
  EXPECT_EQ(packet_kind_of(stub), PacketKind::unknown);
  const std::array<std::uint8_t, 11> short_rtp{0x80, 96};
  EXPECT_EQ(packet_kind_of(short_rtp), PacketKind::unknown);
  const std::array<std::uint8_t, 8> receiver_report{0x80, 201};
  EXPECT_EQ(packet_kind_of(receiver_report), PacketKind::rtcp);
}

}  // namespace
}  // namespace diemcau::media
