#include "base/thread_priority.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace diemcau {
namespace {

TEST(ThreadPriority, a_hurried_thread_goes_first_where_that_is_allowed_and_else_stays_as_it_was) {
  const int before = getpriority(PRIO_PROCESS, 0);
  const bool allowed = hurry_this_thread();
  EXPECT_EQ(getpriority(PRIO_PROCESS, 0), allowed ? -10 : before);
  setpriority(PRIO_PROCESS, 0, before);
}

}  // namespace
}  // namespace diemcau
