#include <gtest/gtest.h>

#include "media/codec/h264_bitstream.hpp"
#include "media/codec/h264_payload.hpp"
#include "media/codec/key_frame_detector.hpp"
#include "tests/media/codec/hex.hpp"

namespace diemcau::media {
namespace {

// Made by GStreamer 1.22's encoders: independent of the parser.
constexpr std::string_view kOpenH264Sps720 = "6742c01f8c8d402802dd00f08846a0";
constexpr std::string_view kX264HighSps1080 =
    "67640028acd940780227e5c05a808080a0000003002000000651e30632c0";
constexpr std::string_view kX264High444Sps426 =
    "67f40015919b28363fcfe02d4181819000000300100000030328f162d960";
// From its rtph264pay: STAP-A of AUD, SPS and PPS; FU-A, first fragment of an IDR slice.
constexpr std::string_view kStapA =
    "7800020910001c6742c01ed900a02ff97016a0c0c0d4a0000003002000000651e2c5c9000468cb8cb2";
constexpr std::string_view kFuAIdrStart = "7c85888406afffffc3d14000";

TEST(H264Sps, reads_the_size_of_openh264s_720p) {
  const auto sps = parse_h264_sps(hex(kOpenH264Sps720));
  ASSERT_TRUE(sps);
  EXPECT_EQ(sps->profile, 66);
  EXPECT_EQ(sps->width, 1280);
  EXPECT_EQ(sps->height, 720);
}

TEST(H264Sps, crops_1088_lines_to_1080_and_tells_what_is_allocated) {
  const auto sps = parse_h264_sps(hex(kX264HighSps1080));
  ASSERT_TRUE(sps);
  EXPECT_EQ(sps->profile, 100);
  EXPECT_EQ(sps->width, 1920);
  EXPECT_EQ(sps->height, 1080);
  EXPECT_EQ(sps->coded_height, 1088);
}

TEST(H264Sps, crops_by_single_samples_in_444) {
  const auto sps = parse_h264_sps(hex(kX264High444Sps426));
  ASSERT_TRUE(sps);
  EXPECT_EQ(sps->profile, 244);
  EXPECT_EQ(sps->width, 426);
  EXPECT_EQ(sps->height, 240);
}

TEST(H264Sps, refuses_every_truncation) {
  const auto whole = hex(kX264HighSps1080);
  for (std::size_t size = 0; size < 11; ++size)
    EXPECT_FALSE(parse_h264_sps(std::span(whole).first(size))) << size;
}

TEST(H264AccessUnit, is_a_key_frame_with_a_size) {
  auto unit = hex("00000001" + std::string(kOpenH264Sps720) + "0000000168ce3c80" + "000001658880");
  const auto header = inspect_h264_access_unit(unit);
  ASSERT_TRUE(header);
  EXPECT_TRUE(header->key);
  EXPECT_EQ(header->width, 1280);
  EXPECT_EQ(header->height, 720);
}

TEST(H264AccessUnit, takes_the_largest_of_several_sps) {
  auto unit =
      hex("00000001" + std::string(kX264HighSps1080) + "00000001" + std::string(kOpenH264Sps720));
  const auto header = inspect_h264_access_unit(unit);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->width, 1920);
  EXPECT_EQ(header->height, 1088);
}

TEST(H264AccessUnit, without_sps_is_no_key_and_has_no_size) {
  const auto header = inspect_h264_access_unit(hex("00000001419a0102"));
  ASSERT_TRUE(header);
  EXPECT_FALSE(header->key);
  EXPECT_EQ(header->width, 0);
}

TEST(H264AccessUnit, refuses_what_is_none) {
  EXPECT_EQ(inspect_h264_access_unit({}).error().code, "h264.empty");
  EXPECT_EQ(inspect_h264_access_unit(hex("0102030405")).error().code, "h264.no_start_code");
  EXPECT_EQ(inspect_h264_access_unit(hex("000001e5")).error().code, "h264.forbidden_bit");
  EXPECT_EQ(inspect_h264_access_unit(hex("0000016742c01f")).error().code, "h264.bad_sps");
}

TEST(H264Payload, sees_the_sps_in_a_stap_a) {
  const auto contents = inspect_h264_payload(hex(kStapA));
  EXPECT_TRUE(contents.valid);
  EXPECT_TRUE(contents.sps);
  EXPECT_FALSE(contents.idr);
}

TEST(H264Payload, sees_only_the_first_fragment_of_an_idr) {
  EXPECT_TRUE(inspect_h264_payload(hex(kFuAIdrStart)).idr);
  EXPECT_FALSE(inspect_h264_payload(hex("7c0588840600")).idr);
  EXPECT_FALSE(inspect_h264_payload(hex("7cc588840600")).valid);  // start and end at once
}

TEST(H264Payload, refuses_sizes_beyond_the_packet) {
  EXPECT_FALSE(inspect_h264_payload({}).valid);
  EXPECT_FALSE(inspect_h264_payload(hex("7800ff6742")).valid);
  EXPECT_FALSE(inspect_h264_payload(hex("780000")).valid);
  EXPECT_FALSE(inspect_h264_payload(hex("7c85")).valid);
  EXPECT_FALSE(inspect_h264_payload(hex("e5888406")).valid);
}

TEST(KeyFrameDetector, finds_one_start_per_h264_key_frame) {
  KeyFrameDetector detector(Codec::h264);
  EXPECT_TRUE(detector.starts_key_frame(1000, hex(kStapA)));
  EXPECT_FALSE(detector.starts_key_frame(1000, hex(kFuAIdrStart)));
  EXPECT_FALSE(detector.starts_key_frame(4600, hex("419a0102")));
  EXPECT_TRUE(detector.starts_key_frame(8200, hex(kFuAIdrStart)));  // SPS only in SDP
}

}  // namespace
}  // namespace diemcau::media
