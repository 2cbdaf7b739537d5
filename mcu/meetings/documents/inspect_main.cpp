// diemcau-inspect FILE: says in one line what a document is (inspector.hpp). It takes away from
// itself what it does not need before it looks.

#include <cstdio>
#include <string>

#include <sys/prctl.h>
#include <sys/resource.h>

#include "mcu/meetings/documents/inspector.hpp"

namespace {

constexpr rlim_t kMemory = rlim_t{1} << 30;
constexpr rlim_t kSeconds = 15;

bool limit(int what, rlim_t most) {
  const rlimit bound{most, most};
  return ::setrlimit(static_cast<__rlimit_resource>(what), &bound) == 0;
}

bool confine() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  if (!limit(RLIMIT_AS, kMemory)) return false;  // sanitizers reserve far more than they use
#endif
  return limit(RLIMIT_CPU, kSeconds) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_CORE, 0) &&
         limit(RLIMIT_NOFILE, 16) && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 || !confine()) return 2;
  const std::string verdict = diemcau::mcu::to_verdict(diemcau::mcu::inspect_file(argv[1]));
  return std::fwrite(verdict.data(), 1, verdict.size(), stdout) == verdict.size() ? 0 : 1;
}
