#include "signaling/auth/account_store.hpp"

#include <gmock/gmock.h>
#include <soci/soci.h>
#include <time.h>

#include "signaling/auth/session_store.hpp"
#include "tests/base/storage/testing/database_test.hpp"

namespace diemcau::signaling {
namespace {

constexpr const char* kPassword = "một mật khẩu dài";

class AccountStoreOn : public diemcau::testing::DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (!database_) return;
    ASSERT_TRUE(database_->migrate(AccountStore::schema()));
    accounts_ = std::make_unique<AccountStore>(*database_, clock_);
  }
  NewAccount chair() { return {"Chu.Toa", "Chủ tọa", Role::chair, UnitCode("HD")}; }
  std::unique_ptr<AccountStore> accounts_;
};
DIEMCAU_BOTH_BACK_ENDS(AccountStoreOn);

TEST_P(AccountStoreOn, knows_whom_it_created) {
  EXPECT_TRUE(accounts_->empty().value());
  auto made = accounts_->create(chair(), kPassword);
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_FALSE(accounts_->empty().value());
  auto found = accounts_->find("CHU.TOA");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, made->id);
  EXPECT_EQ(found->username, "chu.toa");
  EXPECT_EQ(found->display_name, "Chủ tọa");
  EXPECT_EQ(found->role, Role::chair);
  EXPECT_EQ(found->unit.str(), "HD");
  EXPECT_EQ(found->created_at, clock_.wall());
  EXPECT_EQ(accounts_->find(made->id)->username, "chu.toa");
  const Identity who = identity_of(*found);
  EXPECT_EQ(who.account, made->id);
  EXPECT_FALSE(who.meeting);
}

TEST_P(AccountStoreOn, lets_in_with_the_right_password_only) {
  ASSERT_TRUE(accounts_->create(chair(), kPassword));
  EXPECT_TRUE(accounts_->verify("Chu.toa", kPassword));
  EXPECT_EQ(accounts_->verify("chu.toa", "một mật khẩu dàj").error().code, "auth.bad_credentials");
}

TEST_P(AccountStoreOn, answers_alike_for_unknown_wrong_and_disabled) {
  ASSERT_TRUE(accounts_->create(chair(), kPassword));
  const Error wrong = accounts_->verify("chu.toa", "x").error();
  const Error unknown = accounts_->verify("nobody", kPassword).error();
  ASSERT_TRUE(accounts_->set_disabled("chu.toa", true));
  const Error disabled = accounts_->verify("chu.toa", kPassword).error();
  EXPECT_EQ(wrong, unknown);
  EXPECT_EQ(wrong, disabled);
  ASSERT_TRUE(accounts_->set_disabled("chu.toa", false));
  EXPECT_TRUE(accounts_->verify("chu.toa", kPassword));
}

TEST_P(AccountStoreOn, costs_as_much_for_an_unknown_user_as_for_a_wrong_password) {
  ASSERT_TRUE(accounts_->create(chair(), kPassword));
  auto cpu = [&](const char* user) {
    auto now = [] {
      timespec t{};
      ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
      return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
    };
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
      const double start = now();
      EXPECT_FALSE(accounts_->verify(user, "wrong password"));
      best = std::min(best, now() - start);
    }
    return best;
  };
  cpu("nobody");  // the first time makes the hash it wastes its time on
  const double unknown = cpu("nobody"), wrong = cpu("chu.toa");
  EXPECT_GT(unknown, wrong * 0.5);
  EXPECT_LT(unknown, wrong * 2);
}

TEST_P(AccountStoreOn, refuses_double_weak_and_odd) {
  ASSERT_TRUE(accounts_->create(chair(), kPassword));
  EXPECT_EQ(accounts_->create(chair(), kPassword).error().code, "account.exists");
  NewAccount other = chair();
  other.username = "other";
  EXPECT_EQ(accounts_->create(other, "short").error().code, "account.weak_password");
  for (const char* name : {"", "a", "có dấu", "a b", "a'b", "x\n"}) {
    other.username = name;
    EXPECT_EQ(accounts_->create(other, kPassword).error().code, "account.bad_username") << name;
  }
  EXPECT_EQ(accounts_->list()->size(), 1u);
}

TEST_P(AccountStoreOn, ends_sessions_with_the_password_and_with_disabling) {
  auto account = accounts_->create(chair(), kPassword);
  SessionStore sessions(*database_, clock_);
  const std::string before = sessions.create(*account).value();
  ASSERT_TRUE(accounts_->set_password("chu.toa", "another password"));
  EXPECT_EQ(sessions.resolve(before).error().code, "auth.no_session");
  EXPECT_FALSE(accounts_->verify("chu.toa", kPassword));
  EXPECT_TRUE(accounts_->verify("chu.toa", "another password"));
  const std::string after = sessions.create(*account).value();
  ASSERT_TRUE(sessions.resolve(after));
  ASSERT_TRUE(accounts_->set_disabled("chu.toa", true));
  EXPECT_FALSE(sessions.resolve(after));
  ASSERT_TRUE(accounts_->set_disabled("chu.toa", false));
  EXPECT_FALSE(sessions.resolve(after));  // not by the back door
}

TEST_P(AccountStoreOn, says_not_found_of_whom_it_does_not_know) {
  EXPECT_EQ(accounts_->find("nobody").error().code, "account.not_found");
  EXPECT_EQ(accounts_->set_disabled("nobody", true).error().code, "account.not_found");
  EXPECT_EQ(accounts_->set_password("nobody", kPassword).error().code, "account.not_found");
}

TEST_P(AccountStoreOn, keeps_no_password_in_the_database) {
  ASSERT_TRUE(accounts_->create(chair(), kPassword));
  auto stored = database_->run([](soci::session& session) {
    std::string hash;
    session << "SELECT password_hash FROM accounts", soci::into(hash);
    return hash;
  });
  EXPECT_THAT(stored.value(), ::testing::StartsWith("$argon2id$"));
}

}  // namespace
}  // namespace diemcau::signaling
