#include "signaling/auth/session_store.hpp"

#include <gmock/gmock.h>
#include <soci/soci.h>

#include "tests/base/storage/testing/database_test.hpp"

namespace diemcau::signaling {
namespace {

using namespace std::chrono_literals;

class SessionStoreOn : public diemcau::testing::DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (!database_) return;
    ASSERT_TRUE(database_->migrate(AccountStore::schema()));
    sessions_ = std::make_unique<SessionStore>(*database_, clock_);
    account_ = AccountStore(*database_, clock_)
                   .create({"thu.ky", "Thư ký", Role::secretary, UnitCode("HD")}, "mật khẩu dài")
                   .value();
  }
  int rows() {
    return database_
        ->run([](soci::session& session) {
          int n = 0;
          session << "SELECT COUNT(*) FROM sessions", soci::into(n);
          return n;
        })
        .value();
  }
  std::unique_ptr<SessionStore> sessions_;
  Account account_;
};
DIEMCAU_BOTH_BACK_ENDS(SessionStoreOn);

TEST_P(SessionStoreOn, knows_who_is_behind_the_cookie) {
  const std::string cookie = sessions_->create(account_).value();
  auto who = sessions_->resolve(cookie);
  ASSERT_TRUE(who);
  EXPECT_EQ(who->account, account_.id);
  EXPECT_EQ(who->role, Role::secretary);
  EXPECT_EQ(who->name, "Thư ký");
  EXPECT_FALSE(sessions_->resolve(cookie + "x"));
  EXPECT_FALSE(sessions_->resolve(""));
  EXPECT_FALSE(sessions_->resolve(std::string(43, 'A')));
}

TEST_P(SessionStoreOn, lives_twelve_hours_from_its_last_use) {
  const std::string cookie = sessions_->create(account_).value();
  clock_.advance(11h);
  ASSERT_TRUE(sessions_->resolve(cookie));
  clock_.advance(11h);
  ASSERT_TRUE(sessions_->resolve(cookie));
  clock_.advance(12h);
  EXPECT_EQ(sessions_->resolve(cookie).error().code, "auth.no_session");
}

TEST_P(SessionStoreOn, does_not_write_at_every_use) {
  const std::string cookie = sessions_->create(account_).value();
  auto expires = [&] {
    return database_
        ->run([](soci::session& session) {
          long long at = 0;
          session << "SELECT expires_at FROM sessions", soci::into(at);
          return at;
        })
        .value();
  };
  const long long first = expires();
  clock_.advance(4min);
  ASSERT_TRUE(sessions_->resolve(cookie));
  EXPECT_EQ(expires(), first);
  clock_.advance(2min);
  ASSERT_TRUE(sessions_->resolve(cookie));
  EXPECT_GT(expires(), first);
}

TEST_P(SessionStoreOn, ends_by_signing_out_here_or_everywhere) {
  const std::string one = sessions_->create(account_).value();
  const std::string two = sessions_->create(account_).value();
  const std::string three = sessions_->create(account_).value();
  ASSERT_TRUE(sessions_->revoke(one));
  ASSERT_TRUE(sessions_->revoke("unknown"));
  EXPECT_FALSE(sessions_->resolve(one));
  EXPECT_TRUE(sessions_->resolve(two));
  ASSERT_TRUE(sessions_->revoke_all(account_.id));
  EXPECT_FALSE(sessions_->resolve(two));
  EXPECT_FALSE(sessions_->resolve(three));
}

TEST_P(SessionStoreOn, made_from_a_token_ends_with_it) {
  TokenStore tokens(*database_, clock_);
  auto minted =
      tokens.mint({MeetingId("m1"), UnitCode("HD-291"), Role::chair, "Nam Sách", 1h}).value();
  const std::string cookie = sessions_->create(minted.token).value();
  auto who = sessions_->resolve(cookie);
  ASSERT_TRUE(who);
  EXPECT_EQ(who->meeting, MeetingId("m1"));
  EXPECT_EQ(who->token_id, minted.token.id);
  EXPECT_EQ(who->role, Role::chair);
  clock_.advance(1h);
  EXPECT_FALSE(sessions_->resolve(cookie));

  auto other =
      tokens.mint({MeetingId("m1"), UnitCode("HD-291"), Role::chair, "Nam Sách", 1h}).value();
  const std::string second = sessions_->create(other.token).value();
  ASSERT_TRUE(sessions_->resolve(second));
  ASSERT_TRUE(tokens.revoke(other.token.id));
  EXPECT_FALSE(sessions_->resolve(second));
}

TEST_P(SessionStoreOn, forgets_what_has_expired) {
  ASSERT_TRUE(sessions_->create(account_));
  clock_.advance(13h);
  ASSERT_TRUE(sessions_->create(account_));
  ASSERT_TRUE(sessions_->remove_expired());
  EXPECT_EQ(rows(), 1);
}

}  // namespace
}  // namespace diemcau::signaling
