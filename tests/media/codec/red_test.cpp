#include "media/codec/red.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

// RFC 2198 §7, "the following is an example": DVI4 primary (payload type 5, 84 bytes), LPC
// redundancy (payload type 7, 14 bytes) of the packet before, 20 ms at 8 kHz = 160.
std::vector<std::uint8_t> rfc_example() {
  std::vector<std::uint8_t> bytes{0x80 | 7, 160 >> 6, (160 & 0x3F) << 2, 14, 5};
  bytes.insert(bytes.end(), 14, 0xAA);
  bytes.insert(bytes.end(), 84, 0xBB);
  return bytes;
}

TEST(Red, reads_the_example_of_the_rfc) {
  const auto bytes = rfc_example();
  const auto red = parse_red(bytes);
  ASSERT_TRUE(red);
  ASSERT_EQ(red->count, 2u);
  EXPECT_EQ(red->redundant()[0].payload_type, 7);
  EXPECT_EQ(red->redundant()[0].timestamp_offset, 160);
  EXPECT_EQ(red->redundant()[0].data.size(), 14u);
  EXPECT_EQ(red->redundant()[0].data[0], 0xAA);
  EXPECT_EQ(red->primary().payload_type, 5);
  EXPECT_EQ(red->primary().timestamp_offset, 0);
  EXPECT_EQ(red->primary().data.size(), 84u);
  EXPECT_EQ(red->primary().data[83], 0xBB);
}

TEST(Red, writes_the_example_of_the_rfc) {
  const std::vector<std::uint8_t> lpc(14, 0xAA), dvi(84, 0xBB);
  const std::array<RedBlock, 2> blocks{RedBlock{7, 160, lpc}, RedBlock{5, 0, dvi}};
  std::vector<std::uint8_t> out(200);
  out.resize(build_red(blocks, out));
  EXPECT_EQ(out, rfc_example());
}

TEST(Red, primary_alone_is_one_byte_longer_than_its_data) {
  const std::vector<std::uint8_t> data{1, 2, 3};
  const std::array<RedBlock, 1> blocks{RedBlock{111, 0, data}};
  std::vector<std::uint8_t> out(4);
  ASSERT_EQ(build_red(blocks, out), 4u);
  EXPECT_EQ(out, (std::vector<std::uint8_t>{111, 1, 2, 3}));
  const auto red = parse_red(out);
  ASSERT_TRUE(red);
  EXPECT_TRUE(red->redundant().empty());
  EXPECT_EQ(red->primary().data.size(), 3u);
}

TEST(Red, keeps_the_largest_fields) {
  const std::vector<std::uint8_t> old(kRedMaxRedundant, 9), now{1};
  const std::array<RedBlock, 2> blocks{RedBlock{127, kRedMaxOffset, old}, RedBlock{127, 0, now}};
  std::vector<std::uint8_t> out(2'000);
  out.resize(build_red(blocks, out));
  const auto red = parse_red(out);
  ASSERT_TRUE(red);
  EXPECT_EQ(red->redundant()[0].timestamp_offset, kRedMaxOffset);
  EXPECT_EQ(red->redundant()[0].data.size(), kRedMaxRedundant);
}

TEST(Red, refuses_what_does_not_fit_its_fields) {
  const std::vector<std::uint8_t> big(kRedMaxRedundant + 1), now{1};
  std::vector<std::uint8_t> out(3'000);
  EXPECT_EQ(build_red(std::array{RedBlock{1, 1, big}, RedBlock{1, 0, now}}, out), 0u);
  EXPECT_EQ(build_red(std::array{RedBlock{1, kRedMaxOffset + 1, now}, RedBlock{1, 0, now}}, out),
            0u);
  EXPECT_EQ(build_red(std::array{RedBlock{128, 0, now}}, out), 0u);
  EXPECT_EQ(build_red({}, out), 0u);
  out.resize(1);
  EXPECT_EQ(build_red(std::array{RedBlock{1, 0, now}}, out), 0u);
}

TEST(Red, every_cut_of_a_good_packet_is_refused_or_read_within_its_bounds) {
  const auto whole = rfc_example();
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const auto red = parse_red(std::span(whole).first(n));
    EXPECT_EQ(red.has_value(), n >= 5 + 14) << n;
  }
}

TEST(Red, refuses_headers_without_end) {
  EXPECT_FALSE(parse_red(std::vector<std::uint8_t>(400, 0x80)));
  EXPECT_FALSE(parse_red({}));
}

TEST(Red, counts_the_packets_that_are_carried_again) {
  EXPECT_EQ(packets_carried_again(rfc_example()), 1u);
  const std::uint8_t a[] = {1}, b[] = {2}, c[] = {3};
  std::array<std::uint8_t, 32> out{};
  const RedBlock two[] = {{111, 1920, a}, {111, 960, b}, {111, 0, c}};
  EXPECT_EQ(packets_carried_again(std::span(out).first(build_red(two, out))), 2u);
  const RedBlock hole[] = {{111, 1920, a}, {111, 960, {}}, {111, 0, c}};
  EXPECT_EQ(packets_carried_again(std::span(out).first(build_red(hole, out))), 0u)
      << "the one just before it is not there";
  const RedBlock alone[] = {{111, 0, c}};
  EXPECT_EQ(packets_carried_again(std::span(out).first(build_red(alone, out))), 0u);
  EXPECT_EQ(packets_carried_again({}), 0u);
}

}  // namespace
}  // namespace diemcau::media
