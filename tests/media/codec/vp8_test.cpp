#include <gtest/gtest.h>

#include "media/codec/vp8_bitstream.hpp"
#include "media/codec/vp8_payload.hpp"
#include "tests/media/codec/hex.hpp"

namespace diemcau::media {
namespace {

// rtpvp8pay of GStreamer 1.22 with picture-id-mode=15-bit: 640×360, picture id 0x382a.
constexpr std::string_view kGstKeyFrame = "9080b82a5033009d012a800268010047";

TEST(Vp8Descriptor, reads_gstreamers_fifteen_bit_picture_id) {
  const auto d = parse_vp8_descriptor(hex(kGstKeyFrame));
  ASSERT_TRUE(d);
  EXPECT_TRUE(d->starts_frame());
  EXPECT_EQ(d->size, 4);
  EXPECT_TRUE(d->long_picture_id);
  EXPECT_EQ(d->picture_id, 0x382a);
  EXPECT_TRUE(vp8_starts_key_frame(hex(kGstKeyFrame)));
}

// RFC 7741 §4.6.1: key frame, 7-bit picture id 17 (the frame's first byte, 0x10, says key).
TEST(Vp8Descriptor, reads_the_rfcs_seven_bit_picture_id) {
  const auto d = parse_vp8_descriptor(hex("90801110"));
  ASSERT_TRUE(d);
  EXPECT_FALSE(d->long_picture_id);
  EXPECT_EQ(d->picture_id, 17);
  EXPECT_TRUE(vp8_starts_key_frame(hex("90801110")));
}

// RFC 7741 §4.6.2: no extension at all; a later fragment begins no frame.
TEST(Vp8Descriptor, reads_one_without_extension) {
  EXPECT_TRUE(vp8_starts_key_frame(hex("1000")));
  EXPECT_FALSE(vp8_starts_key_frame(hex("0000")));
  EXPECT_FALSE(vp8_starts_key_frame(hex("1001")));  // an inter frame
  EXPECT_FALSE(vp8_starts_key_frame(hex("1100")));  // partition 1
}

// RFC 7741 §4.6.4: extended picture id 4711, TL0PICIDX and TID.
TEST(Vp8Descriptor, reads_picture_id_layer_and_index_together) {
  const auto d = parse_vp8_descriptor(hex("90e0926719 40 01"));
  ASSERT_TRUE(d);
  EXPECT_EQ(d->picture_id, 4711);
  EXPECT_EQ(d->tl0_picture_index, 0x19);
  EXPECT_EQ(d->temporal_layer, 1);
  EXPECT_EQ(d->size, 6);
}

TEST(Vp8Descriptor, refuses_every_truncation) {
  const auto whole = hex("90e09267194001");
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(parse_vp8_descriptor(std::span(whole).first(size))) << size;
}

TEST(Vp8Numbers, shift_within_their_own_width) {
  auto longer = hex("90e0ffff ff 40 01");
  const auto d = shift_vp8_numbers(longer, 1, 1);
  EXPECT_EQ(longer, hex("90e08000 00 40 01"));
  ASSERT_TRUE(d);
  EXPECT_EQ(d->picture_id, 0);
  auto shorter = hex("90807f00");
  shift_vp8_numbers(shorter, 3, 9);
  EXPECT_EQ(shorter, hex("90800200"));
  auto none = hex("1000");
  shift_vp8_numbers(none, 3, 9);
  EXPECT_EQ(none, hex("1000"));
}

TEST(Vp8Frame, says_key_and_size) {
  // The first partition's size must lie inside the frame: 0x50 33 00 says 0x19a = 410 bytes.
  auto frame = hex("5033009d012a80026801");
  frame.resize(10 + 410);
  const auto header = inspect_vp8_frame(frame);
  ASSERT_TRUE(header);
  EXPECT_TRUE(header->key);
  EXPECT_EQ(header->width, 640);
  EXPECT_EQ(header->height, 360);
}

TEST(Vp8Frame, tells_the_claim_of_a_small_monstrous_key_frame) {
  auto frame = hex("1000009d012aff3fff3f");
  frame.resize(160);
  const auto header = inspect_vp8_frame(frame);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->width, 16383);
  EXPECT_EQ(header->height, 16383);
}

TEST(Vp8Frame, refuses_what_is_none) {
  EXPECT_EQ(inspect_vp8_frame({}).error().code, "vp8.truncated");
  EXPECT_EQ(inspect_vp8_frame(hex("1000009d012a")).error().code, "vp8.truncated");
  EXPECT_EQ(inspect_vp8_frame(hex("1000009d012b80026801")).error().code, "vp8.bad_start_code");
  EXPECT_EQ(inspect_vp8_frame(hex("1000009d012a00006801")).error().code, "vp8.bad_size");
  EXPECT_EQ(inspect_vp8_frame(hex("f0ffff9d012a80026801")).error().code, "vp8.bad_partition");
}

TEST(Vp8Frame, of_an_inter_frame_has_no_size) {
  const auto header = inspect_vp8_frame(hex("110000"));
  ASSERT_TRUE(header);
  EXPECT_FALSE(header->key);
  EXPECT_EQ(header->width, 0);
}

}  // namespace
}  // namespace diemcau::media
