#include "base/thread_priority.hpp"

#include <sys/resource.h>
#include <unistd.h>

namespace diemcau {

namespace {
constexpr int kHurried = -10;
}

bool hurry_this_thread() noexcept {
  // Linux keeps niceness per thread, whatever POSIX says of processes (setpriority(2), Notes).
  return ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kHurried) == 0;
}

}  // namespace diemcau
