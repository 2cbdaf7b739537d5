#include "media/codec/frame_assembler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

using Bytes = std::vector<std::uint8_t>;
using ::testing::IsEmpty;

TEST(FrameAssembler, puts_start_codes_before_h264_units) {
  FrameAssembler assembler(Codec::h264);
  EXPECT_TRUE(assembler.empty());
  // RFC 6184 §5.7.1: SPS and PPS in one packet; §5.8: an IDR slice in three fragments.
  EXPECT_TRUE(assembler.add(Bytes{0x78, 0, 2, 0x67, 0xAA, 0, 3, 0x68, 0xBB, 0xCC}));
  EXPECT_TRUE(assembler.add(Bytes{0x7C, 0x85, 1, 2}));
  EXPECT_TRUE(assembler.add(Bytes{0x7C, 0x05, 3}));
  EXPECT_TRUE(assembler.add(Bytes{0x7C, 0x45, 4}));
  EXPECT_TRUE(assembler.add(Bytes{0x06, 9}));
  EXPECT_EQ(assembler.take(), (Bytes{0, 0, 0, 1,    0x67, 0xAA, 0, 0, 0, 1, 0x68, 0xBB, 0xCC, 0,
                                     0, 0, 1, 0x65, 1,    2,    3, 4, 0, 0, 0,    1,    0x06, 9}));
  EXPECT_TRUE(assembler.empty()) << "the next one begins";
}

TEST(FrameAssembler, takes_the_descriptor_off_vp8) {
  FrameAssembler assembler(Codec::vp8);
  EXPECT_TRUE(assembler.add(Bytes{0x90, 0x80, 0x11, 1, 2}));  // S, with a picture id
  EXPECT_TRUE(assembler.add(Bytes{0x80, 0x80, 0x11, 3}));
  EXPECT_TRUE(assembler.add(Bytes{0x11, 4})) << "begins a partition, not a frame";
  EXPECT_EQ(assembler.take(), (Bytes{1, 2, 3, 4}));
}

TEST(FrameAssembler, refuses_what_is_no_next_payload) {
  struct Row {
    const char* what;
    Codec codec;
    std::vector<Bytes> payloads;  // the last is refused
  };
  const Row kRows[] = {
      {"nothing", Codec::h264, {{}}},
      {"forbidden bit", Codec::h264, {{0xE5, 1}}},
      {"an undefined type", Codec::h264, {{0x7E, 1, 2, 3}}},
      {"interleaved units", Codec::h264, {{0x79, 0, 0, 0, 1, 0x65}}},
      {"an aggregate of nothing", Codec::h264, {{0x78}}},
      {"an aggregate cut short", Codec::h264, {{0x78, 0, 4, 0x65, 1}}},
      {"a unit of no bytes", Codec::h264, {{0x78, 0, 0, 0x65}}},
      {"a fragment of nothing", Codec::h264, {{0x7C, 0x85}}},
      {"a fragment without its beginning", Codec::h264, {{0x7C, 0x05, 1}}},
      {"two beginnings", Codec::h264, {{0x7C, 0x85, 1}, {0x7C, 0x85, 1}}},
      {"beginning and end in one", Codec::h264, {{0x7C, 0xC5, 1}}},
      {"a unit among fragments", Codec::h264, {{0x7C, 0x85, 1}, {0x65, 1}}},
      {"no descriptor", Codec::vp8, {{0x10}}},
      {"a frame without its beginning", Codec::vp8, {{0x00, 1}}},
      {"two frames in one", Codec::vp8, {{0x10, 1}, {0x10, 1}}},
  };
  for (const Row& row : kRows) {
    FrameAssembler assembler(row.codec);
    for (std::size_t i = 0; i < row.payloads.size(); ++i)
      EXPECT_EQ(assembler.add(row.payloads[i]), i + 1 < row.payloads.size()) << row.what;
  }
}

TEST(FrameAssembler, gives_nothing_while_the_last_fragment_is_missing) {
  FrameAssembler assembler(Codec::h264);
  EXPECT_TRUE(assembler.add(Bytes{0x7C, 0x85, 1}));
  EXPECT_THAT(assembler.take(), IsEmpty());
  EXPECT_TRUE(assembler.add(Bytes{0x65, 1})) << "and that is forgotten";
}

TEST(FrameAssembler, gives_up_and_begins_another) {
  FrameAssembler assembler(Codec::h264);
  EXPECT_TRUE(assembler.add(Bytes{0x7C, 0x85, 1}));
  assembler.give_up();
  EXPECT_TRUE(assembler.empty());
  EXPECT_TRUE(assembler.add(Bytes{0x41, 7}));
  EXPECT_EQ(assembler.take(), (Bytes{0, 0, 0, 1, 0x41, 7}));
}

TEST(FrameAssembler, bounds_a_frame) {
  FrameAssembler assembler(Codec::vp8);
  Bytes payload(60'000, 1);
  payload[0] = 0x10;
  std::size_t taken = 0;
  while (taken < 1'000 && assembler.add(payload)) {
    payload[0] = 0;
    ++taken;
  }
  EXPECT_EQ(taken, FrameAssembler::kMostBytes / 59'999);
}

}  // namespace
}  // namespace diemcau::media
