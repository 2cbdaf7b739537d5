// Linked into the unit test programs without the label `threads`: ThreadSanitizer does not see
// them, so they may start none.
#include <cstdlib>

#include <pthread.h>
#include <unistd.h>

extern "C" int pthread_create(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*) noexcept {
  constexpr char kWords[] =
      "This test program starts a thread: give it the label `threads` in its CMakeLists.txt, "
      "so that ThreadSanitizer runs it too.\n";
  [[maybe_unused]] const auto written = write(STDERR_FILENO, kWords, sizeof(kWords) - 1);
  std::abort();
}
