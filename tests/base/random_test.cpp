#include "base/random.hpp"

#include <cstdint>

#include <gtest/gtest.h>

namespace diemcau {
namespace {

// One in 2⁶⁴ that it fails by chance.
TEST(RandomBits, fills_every_bit) {
  std::uint64_t ever = 0, always = ~std::uint64_t{0};
  for (int i = 0; i < 128; ++i) {
    const auto bits = random_bits<std::uint64_t>();
    ever |= bits;
    always &= bits;
  }
  EXPECT_EQ(ever, ~std::uint64_t{0});
  EXPECT_EQ(always, 0u);
}

}  // namespace
}  // namespace diemcau
