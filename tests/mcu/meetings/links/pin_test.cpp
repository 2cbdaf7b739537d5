#include "mcu/meetings/links/pin.hpp"

#include <set>

#include <gtest/gtest.h>

namespace diemcau::mcu {
namespace {

TEST(Pin, is_six_digits_and_nothing_else) {
  for (const char* good : {"000000", "123456", "999999"}) EXPECT_TRUE(is_pin(good)) << good;
  for (const char* bad :
       {"", "12345", "1234567", "12345a", " 12345", "12345\n", "١٢٣٤٥٦", "-12345"})
    EXPECT_FALSE(is_pin(bad)) << bad;
}

TEST(Pin, differs_from_one_to_the_next) {
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const auto pin = random_pin();
    ASSERT_TRUE(is_pin(pin));
    seen.insert(pin);
  }
  EXPECT_GT(seen.size(), 190u);
}

TEST(Pin, matches_its_own_hash_only_and_is_not_in_it) {
  const auto hash = hash_pin("012345").value();
  EXPECT_TRUE(hash.starts_with("$argon2id$"));
  EXPECT_EQ(hash.find("012345"), std::string::npos);
  EXPECT_TRUE(pin_matches(hash, "012345"));
  for (const char* wrong : {"012346", "12345", "", "0123456"})
    EXPECT_FALSE(pin_matches(hash, wrong));
  EXPECT_NE(hash, hash_pin("012345").value()) << "each has a salt of its own";
}

}  // namespace
}  // namespace diemcau::mcu
