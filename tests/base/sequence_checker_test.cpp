#include "base/sequence_checker.hpp"

#include <thread>

#include <gtest/gtest.h>

namespace diemcau {
namespace {

bool is_current_elsewhere(const SequenceChecker& checker) {
  bool current = false;
  std::thread([&] { current = checker.is_current(); }).join();
  return current;
}

TEST(SequenceChecker, binds_to_the_thread_that_uses_it_first) {
  SequenceChecker checker;
  EXPECT_TRUE(checker.is_current());
  EXPECT_TRUE(checker.is_current());
  EXPECT_FALSE(is_current_elsewhere(checker));
}

TEST(SequenceChecker, binds_anew_after_detach) {
  SequenceChecker checker;
  EXPECT_TRUE(checker.is_current());
  checker.detach();
  EXPECT_TRUE(is_current_elsewhere(checker));
  EXPECT_FALSE(checker.is_current());
}

TEST(SequenceCheckerDeathTest, stops_the_program_on_a_wrong_thread) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        SequenceChecker checker;
        EXPECT_TRUE(checker.is_current());
        std::thread([&] { DIEMCAU_RUN_ON(checker); }).join();
      },
      "checker");
}

}  // namespace
}  // namespace diemcau
