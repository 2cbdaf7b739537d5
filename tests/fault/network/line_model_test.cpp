#include "tests/fault/network/line_model.hpp"

#include <gtest/gtest.h>

namespace diemcau::fault {
namespace {

using namespace std::chrono_literals;
constexpr TimePoint kStart{1h};

LineModel line_of(const std::vector<std::string>& words, std::uint64_t seed = 1) {
  LineModel line(seed);
  line.set(parse_line(words).value());
  return line;
}

TEST(LineModel, an_unspoilt_line_passes_everything_at_once) {
  auto line = line_of({});
  EXPECT_EQ(line.pass(1200, kStart), kStart);
}

TEST(LineModel, loses_exactly_what_it_was_told_of_every_hundred) {
  auto line = line_of({"loss=0.3"});
  for (int i = 0; i < 1000; ++i) line.pass(100, kStart);
  EXPECT_EQ(line.counts().lost, 300U);
}

TEST(LineModel, the_same_seed_loses_the_same_packets_and_another_does_not) {
  const auto fates = [](std::uint64_t seed) {
    auto line = line_of({"loss=0.3"}, seed);
    std::vector<bool> passed;
    for (int i = 0; i < 300; ++i) passed.push_back(line.pass(100, kStart).has_value());
    return passed;
  };
  EXPECT_EQ(fates(7), fates(7));
  EXPECT_NE(fates(7), fates(8));
}

TEST(LineModel, jitter_spreads_over_its_whole_width_and_lets_packets_overtake) {
  auto line = line_of({"delay=50", "jitter=30"});
  Duration least = 1h, most{};
  bool overtaken = false;
  TimePoint before{};
  for (int i = 0; i < 1000; ++i) {
    const TimePoint now = kStart + i * 10ms;
    const auto out = line.pass(100, now).value();
    least = std::min(least, out - now);
    most = std::max(most, out - now);
    overtaken = overtaken || out < before;
    before = out;
  }
  EXPECT_GE(least, 20ms);
  EXPECT_LT(least, 22ms);
  EXPECT_LE(most, 80ms);
  EXPECT_GT(most, 78ms);
  EXPECT_TRUE(overtaken);
}

TEST(LineModel, with_keep_order_nothing_overtakes) {
  auto line = line_of({"delay=50", "jitter=30", "keep_order=1"});
  TimePoint before{};
  for (int i = 0; i < 1000; ++i) {
    const auto out = line.pass(100, kStart + i * 1ms).value();
    EXPECT_GE(out, before);
    before = out;
  }
}

TEST(LineModel, a_rate_spaces_packets_and_a_full_buffer_drops_them) {
  auto line = line_of({"rate=300000", "buffer=3750"});  // 100 ms of it
  int passed = 0;
  for (int i = 0; i < 10; ++i) {
    const auto out = line.pass(750, kStart);  // 20 ms each
    if (!out) continue;
    ++passed;
    EXPECT_EQ(*out, kStart + passed * 20ms);
  }
  EXPECT_EQ(passed, 5);
  EXPECT_EQ(line.counts().overflowed, 5U);
  EXPECT_EQ(line.counts().most_waiting, 3750U);
  EXPECT_TRUE(line.pass(750, kStart + 20ms));
}

TEST(LineModel, a_setting_that_is_not_understood_is_refused) {
  EXPECT_FALSE(parse_line({"los=0.3"}));
  EXPECT_FALSE(parse_line({"loss=much"}));
  EXPECT_FALSE(parse_line({"loss"}));
  EXPECT_FALSE(parse_line({"delay=-5"}));
}

}  // namespace
}  // namespace diemcau::fault
