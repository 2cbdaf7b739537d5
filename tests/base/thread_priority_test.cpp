#include "base/thread_priority.hpp"

#include <cerrno>

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace diemcau {
namespace {

TEST(ThreadPriority, a_hurried_thread_goes_first_where_that_is_allowed_and_else_stays_as_it_was) {
  const int before = getpriority(PRIO_PROCESS, 0);
  errno = 0;
  const bool allowed = setpriority(PRIO_PROCESS, 0, -10) == 0;
  if (!allowed) {
    ASSERT_TRUE(errno == EACCES || errno == EPERM) << errno;
  }
  ASSERT_EQ(setpriority(PRIO_PROCESS, 0, before), 0);

  EXPECT_EQ(hurry_this_thread(), allowed);
  EXPECT_EQ(getpriority(PRIO_PROCESS, 0), allowed ? -10 : before);
  setpriority(PRIO_PROCESS, 0, before);
}

}  // namespace
}  // namespace diemcau
