#include "base/sequence_checker.hpp"

#include <cstdio>
#include <cstdlib>

namespace diemcau {

void sequence_violation(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "sequence violation: %s at %s:%d\n", expression, file, line);
  std::abort();
}

}  // namespace diemcau
