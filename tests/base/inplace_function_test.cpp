#include "base/inplace_function.hpp"

#include <array>
#include <memory>

#include <gtest/gtest.h>

namespace diemcau {
namespace {

using Function = InplaceFunction<int(int), 64>;

TEST(InplaceFunction, calls_what_it_holds) {
  int base = 40;
  Function add = [&base](int x) { return base + x; };
  EXPECT_EQ(add(2), 42);
}

TEST(InplaceFunction, is_false_when_it_holds_nothing) {
  Function empty;
  EXPECT_FALSE(empty);
  Function full = [](int x) { return x; };
  EXPECT_TRUE(full);
  full.reset();
  EXPECT_FALSE(full);
}

TEST(InplaceFunction, moves_what_it_holds_and_leaves_nothing_behind) {
  auto value = std::make_unique<int>(7);
  Function first = [v = std::move(value)](int x) { return *v + x; };
  Function second = std::move(first);
  EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): that is what is tested
  EXPECT_EQ(second(1), 8);
}

TEST(InplaceFunction, destroys_what_it_held_exactly_once) {
  auto counted = std::make_shared<int>(0);
  {
    Function first = [counted](int x) { return x; };
    EXPECT_EQ(counted.use_count(), 2);
    Function second = std::move(first);
    EXPECT_EQ(counted.use_count(), 2);
    second = [](int x) { return -x; };
    EXPECT_EQ(counted.use_count(), 1);
    EXPECT_EQ(second(3), -3);
  }
  EXPECT_EQ(counted.use_count(), 1);
}

TEST(InplaceFunction, holds_as_much_as_it_says) {
  std::array<char, 64> big{};
  big[63] = 5;
  Function function = [big](int x) { return big[63] + x; };
  EXPECT_EQ(function(1), 6);
}

}  // namespace
}  // namespace diemcau
