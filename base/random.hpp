#pragma once

#include <concepts>

#include <sys/random.h>

namespace diemcau {

/// All bits from the kernel: for secrets and for beginnings nobody shall guess. Not
/// std::random_device: each one asks CPUID for its source, which traps in a virtual machine.
template <std::unsigned_integral T>
T random_bits() noexcept {
  T bits = 0;
  // getrandom(2): neither short nor interrupted under 256 bytes.
  [[maybe_unused]] const auto got = getrandom(&bits, sizeof bits, 0);
  return bits;
}

}  // namespace diemcau
