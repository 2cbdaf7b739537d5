#include "signaling/auth/password.hpp"

#include <gmock/gmock.h>

namespace diemcau::signaling {
namespace {

TEST(Password, is_stored_as_argon2id_with_a_salt_of_its_own) {
  const std::string one = hash_password("mật khẩu rất dài").value();
  const std::string two = hash_password("mật khẩu rất dài").value();
  EXPECT_THAT(one, ::testing::StartsWith("$argon2id$v=19$m=65536,t=3,p=1$"));
  EXPECT_NE(one, two);
}

TEST(Password, matches_itself_and_nothing_else) {
  const std::string stored = hash_password("correct horse").value();
  EXPECT_TRUE(password_matches(stored, "correct horse"));
  EXPECT_FALSE(password_matches(stored, "correct horsf"));
  EXPECT_FALSE(password_matches(stored, ""));
  EXPECT_FALSE(password_matches(stored, std::string("correct horse\0", 14)));
  EXPECT_FALSE(password_matches(stored, std::string(5000, 'x')));
  EXPECT_FALSE(password_matches("not a hash", "correct horse"));
}

TEST(Password, has_ten_characters_whatever_the_bytes) {
  EXPECT_FALSE(check_password_strength("ngắnngắnn"));  // nine characters, more bytes
  EXPECT_TRUE(check_password_strength("ngắnngắnng"));
  EXPECT_FALSE(check_password_strength(std::string(1025, 'x')));
  EXPECT_TRUE(check_password_strength(std::string(1024, 'x')));
}

}  // namespace
}  // namespace diemcau::signaling
