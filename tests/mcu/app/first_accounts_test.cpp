#include "mcu/app/first_accounts.hpp"

#include <sstream>

#include <gmock/gmock.h>

#include "tests/base/storage/testing/database_test.hpp"

namespace diemcau::mcu {
namespace {

using ::testing::HasSubstr;

class FirstAccounts : public ::testing::Test {
 protected:
  std::unique_ptr<Stores> open() { return std::move(*Stores::open(folder_.path(), "", clock_)); }
  diemcau::testing::TemporaryFolder folder_;
  ManualClock clock_;
};

TEST_F(FirstAccounts, are_made_once_with_passwords_that_work) {
  auto stores = open();
  auto made = create_first_accounts(*stores, false);
  ASSERT_TRUE(made) << made.error().detail;
  ASSERT_EQ(made->size(), 1u);
  auto admin = stores->accounts.verify("admin", made->front().password);
  ASSERT_TRUE(admin);
  EXPECT_EQ(admin->role, signaling::Role::admin);
  EXPECT_EQ(admin->unit.str(), "HD");
  EXPECT_TRUE(create_first_accounts(*open(), false)->empty());
}

TEST_F(FirstAccounts, of_the_demonstration_come_when_they_are_asked_for) {
  auto stores = open();
  ASSERT_TRUE(create_first_accounts(*stores, false));
  auto made = create_first_accounts(*stores, true);
  ASSERT_EQ(made->size(), 2u);
  EXPECT_EQ(stores->accounts.verify("chair", (*made)[0].password)->role, signaling::Role::chair);
  EXPECT_EQ(stores->accounts.verify("secretary", (*made)[1].password)->role,
            signaling::Role::secretary);
  EXPECT_TRUE(create_first_accounts(*stores, true)->empty());
}

TEST_F(FirstAccounts, are_shown_with_their_passwords) {
  std::ostringstream out;
  print_first_accounts(out, {{"admin", "abcd-efgh", signaling::Role::admin}});
  EXPECT_THAT(out.str(), HasSubstr("admin"));
  EXPECT_THAT(out.str(), HasSubstr("abcd-efgh"));
  std::ostringstream nothing;
  print_first_accounts(nothing, {});
  EXPECT_EQ(nothing.str(), "");
}

}  // namespace
}  // namespace diemcau::mcu
