#include "mcu/conference/load_policy.hpp"

#include <gtest/gtest.h>

namespace diemcau::mcu {
namespace {

using namespace std::chrono_literals;

constexpr LoadPolicy::Load kEasy{0.40, 0}, kBusy{0.75, 0}, kStrained{0.95, 0}, kLate{0.30, 5};

class LoadPolicyTest : public ::testing::Test {
 protected:
  int spend(int seconds, LoadPolicy::Load load) {
    for (int i = 0; i < seconds; ++i) policy.update(load, now += 1s);
    return policy.level();
  }
  LoadPolicy policy;
  TimePoint now{1h};
};

TEST_F(LoadPolicyTest, says_what_is_shed_in_order_and_never_sound) {
  using Shed = std::vector<std::string>;
  EXPECT_EQ(shed_at(0), Shed{});
  EXPECT_EQ(shed_at(1), Shed{"wall"});
  EXPECT_EQ(shed_at(2), (Shed{"wall", "1080p"}));
  EXPECT_EQ(shed_at(3), (Shed{"wall", "1080p", "frame_rate"}));
}

TEST_F(LoadPolicyTest, decides_by_table) {
  const struct {
    const char* what;
    LoadPolicy::Load load;
    int seconds, level;
  } cases[] = {
      {"easy", kEasy, 60, 0},
      {"busy is not strained", kBusy, 60, 0},
      {"a short peak", kStrained, 2, 0},
      {"three strained seconds", kStrained, 3, 1},
      {"a step is given time to work", kStrained, 7, 1},
      {"and then the next", kStrained, 8, 2},
      {"and the last", kStrained, 13, 3},
      {"there is no fourth", kStrained, 60, 3},
      {"late ticks count though the CPU is free", kLate, 3, 1},
      {"one late tick a second does not", {0.3, 1}, 60, 0},
  };
  for (const auto& c : cases) {
    policy = LoadPolicy();
    EXPECT_EQ(spend(c.seconds, c.load), c.level) << c.what;
  }
}

TEST_F(LoadPolicyTest, sheds_nothing_where_the_operator_switched_it_off) {
  policy = LoadPolicy(1.0);
  EXPECT_EQ(spend(60, {1.0, 50}), 0);
}

TEST_F(LoadPolicyTest, takes_back_one_step_at_a_time_after_fifteen_easy_seconds) {
  spend(60, kStrained);
  EXPECT_EQ(spend(14, kEasy), 3);
  EXPECT_EQ(spend(1, kEasy), 2);
  EXPECT_EQ(spend(14, kEasy), 2);
  EXPECT_EQ(spend(1, kEasy), 1);
}

TEST_F(LoadPolicyTest, sheds_above_the_share_it_was_told) {
  policy = LoadPolicy(0.5);
  EXPECT_EQ(spend(3, {0.51, 0}), 1);
  EXPECT_EQ(spend(600, {0.36, 0}), 1) << "not easy yet";
  EXPECT_EQ(spend(15, {0.34, 0}), 0);
}

TEST_F(LoadPolicyTest, holds_its_level_between_the_two_thresholds) {
  spend(3, kStrained);
  EXPECT_EQ(spend(600, kBusy), 1);
}

TEST_F(LoadPolicyTest, waits_twice_as_long_after_a_step_back_that_failed) {
  spend(3, kStrained);
  ASSERT_EQ(spend(15, kEasy), 0);
  ASSERT_EQ(spend(3, kStrained), 1);
  EXPECT_EQ(spend(29, kEasy), 1);
  EXPECT_EQ(spend(1, kEasy), 0);
}

}  // namespace
}  // namespace diemcau::mcu
