#pragma once
// CPU seconds of one thread, its system calls and what the loopback does within them included.

#include <ctime>

namespace diemcau::media::bench {

inline double thread_cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

}  // namespace diemcau::media::bench
