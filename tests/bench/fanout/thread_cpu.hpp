#pragma once
// CPU seconds of one thread, its system calls and what the loopback does within them included.

#include <ctime>

#include <pthread.h>

namespace diemcau::media::bench {

inline double seconds_of(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}
inline double thread_cpu_seconds() {
  return seconds_of(CLOCK_THREAD_CPUTIME_ID);
}
/// Another thread's, by a clock it gave away with pthread_getcpuclockid.
inline clockid_t clock_of_this_thread() {
  clockid_t clock{};
  pthread_getcpuclockid(pthread_self(), &clock);
  return clock;
}

}  // namespace diemcau::media::bench
