#include "signaling/auth/token_store.hpp"

#include <gmock/gmock.h>
#include <soci/soci.h>

#include "signaling/auth/account_store.hpp"
#include "tests/base/storage/testing/database_test.hpp"

namespace diemcau::signaling {
namespace {

using namespace std::chrono_literals;

class TokenStoreOn : public diemcau::testing::DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (!database_) return;
    ASSERT_TRUE(database_->migrate(AccountStore::schema()));
    tokens_ = std::make_unique<TokenStore>(*database_, clock_);
  }
  NewToken site() {
    return {MeetingId("m1"), UnitCode("HD-10507"), Role::site, "UBND phường Cẩm Thượng", 8h};
  }
  std::unique_ptr<TokenStore> tokens_;
};
TEST_P(TokenStoreOn, a_token_is_made_to_live_longer_and_its_secret_stays) {
  const auto minted = tokens_->mint(site()).value();
  clock_.advance(7h);
  EXPECT_EQ(tokens_->extend(minted.token.id, 2h).value().expires_at, clock_.wall() + 2h);
  clock_.advance(1h);
  EXPECT_EQ(tokens_->resolve(minted.secret).value().id, minted.token.id);
  EXPECT_EQ(tokens_->extend(minted.token.id, 1min).value().expires_at, clock_.wall() + 1h)
      << "never shorter";
  EXPECT_EQ(tokens_->extend(minted.token.id, 0s).error().code, "token.bad_ttl");
  EXPECT_EQ(tokens_->extend("none", 1h).error().code, "token.not_found");
  ASSERT_TRUE(tokens_->revoke(minted.token.id));
  EXPECT_EQ(tokens_->extend(minted.token.id, 1h).error().code, "token.not_found");
}

DIEMCAU_BOTH_BACK_ENDS(TokenStoreOn);

TEST_P(TokenStoreOn, opens_one_meeting_for_one_unit_in_one_role) {
  auto minted = tokens_->mint(site());
  ASSERT_TRUE(minted);
  EXPECT_THAT(minted->secret, ::testing::MatchesRegex("dc_[A-Za-z0-9_-]{43}"));
  auto token = tokens_->resolve(minted->secret);
  ASSERT_TRUE(token);
  const Identity who = identity_of(*token);
  EXPECT_EQ(who.meeting, MeetingId("m1"));
  EXPECT_EQ(who.unit.str(), "HD-10507");
  EXPECT_EQ(who.role, Role::site);
  EXPECT_EQ(who.name, "UBND phường Cẩm Thượng");
  EXPECT_EQ(who.token_id, minted->token.id);
  EXPECT_TRUE(who.account.empty());
}

TEST_P(TokenStoreOn, ends_at_its_time_and_not_before) {
  auto minted = tokens_->mint(site());
  clock_.advance(8h - 1us);
  EXPECT_TRUE(tokens_->resolve(minted->secret));
  clock_.advance(1us);
  EXPECT_EQ(tokens_->resolve(minted->secret).error().code, "auth.bad_token");
}

TEST_P(TokenStoreOn, can_be_revoked) {
  auto minted = tokens_->mint(site());
  ASSERT_TRUE(tokens_->revoke(minted->token.id));
  EXPECT_FALSE(tokens_->resolve(minted->secret));
  EXPECT_EQ(tokens_->revoke("nothing").error().code, "token.not_found");
  ASSERT_EQ(tokens_->list(MeetingId("m1"))->size(), 1u);
  EXPECT_TRUE(tokens_->list(MeetingId("m1"))->front().revoked);
}

TEST_P(TokenStoreOn, refuses_rubbish_like_a_wrong_token) {
  const std::string good = tokens_->mint(site())->secret;
  for (const std::string& bad :
       {std::string(), std::string("dc_"), good + "x", good.substr(3), "DC_" + good.substr(3),
        std::string(1'000'000, 'a'), std::string("dc_' OR 1=1 --")}) {
    EXPECT_EQ(tokens_->resolve(bad).error().code, "auth.bad_token");
  }
}

TEST_P(TokenStoreOn, never_makes_an_administrator_nor_an_endless_token) {
  NewToken wanted = site();
  wanted.role = Role::admin;
  EXPECT_EQ(tokens_->mint(wanted).error().code, "token.bad_role");
  wanted = site();
  for (const std::chrono::seconds ttl :
       {std::chrono::seconds(-1), 0s, 59s, std::chrono::seconds(24h * 367),
        std::chrono::seconds::max()}) {
    wanted.ttl = ttl;
    EXPECT_EQ(tokens_->mint(wanted).error().code, "token.bad_ttl");
  }
}

TEST_P(TokenStoreOn, keeps_no_secret_in_the_database) {
  const std::string secret = tokens_->mint(site())->secret;
  auto stored = database_->run([](soci::session& session) {
    std::string hash;
    session << "SELECT secret_hash FROM tokens", soci::into(hash);
    return hash;
  });
  EXPECT_THAT(stored.value(), ::testing::MatchesRegex("[0-9a-f]{64}"));
}

}  // namespace
}  // namespace diemcau::signaling
