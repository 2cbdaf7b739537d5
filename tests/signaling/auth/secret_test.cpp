#include "signaling/auth/secret.hpp"

#include <set>

#include <gmock/gmock.h>

#include "signaling/auth/identity.hpp"

namespace diemcau::signaling {
namespace {

using ::testing::MatchesRegex;

TEST(Secret, is_256_bits_of_base64url_and_never_the_same) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string secret = random_secret();
    EXPECT_THAT(secret, MatchesRegex("[A-Za-z0-9_-]{43}"));
    EXPECT_TRUE(seen.insert(secret).second);
  }
}

TEST(Secret, is_kept_as_a_hash_that_does_not_hold_it) {
  EXPECT_EQ(hash_secret("abc"), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  EXPECT_NE(hash_secret("abc"), hash_secret("abd"));
}

TEST(Secret, can_be_read_out_on_the_telephone) {
  EXPECT_THAT(random_password(), MatchesRegex("([a-km-np-z2-9]{4}-){3}[a-km-np-z2-9]{4}"));
  EXPECT_EQ(random_readable(10).size(), 10u);
}

TEST(Role, reads_the_names_it_writes) {
  for (const Role role : {Role::admin, Role::chair, Role::secretary, Role::site, Role::viewer}) {
    EXPECT_EQ(role_from(name_of(role)), role);
  }
  EXPECT_FALSE(role_from("Admin"));
  EXPECT_FALSE(role_from(""));
}

}  // namespace
}  // namespace diemcau::signaling
