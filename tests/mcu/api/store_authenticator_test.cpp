#include "signaling/store_authenticator.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "tests/mcu/api/api_fixture.hpp"

namespace diemcau::test {
namespace {

using namespace signaling;

/// The real stores behind the real authenticator, on the fixture's database and threads.
class StoreAuthenticatorTest : public ApiTest {
 protected:
  StoreAuthenticatorTest() {
    database->migrate(AccountStore::schema()).value();
    NewAccount account;
    account.username = "thuky";
    account.role = Role::secretary;
    accounts.create(account, "mật khẩu rất dài").value();
    threads.start();
  }
  ~StoreAuthenticatorTest() override { threads.stop(); }

  /// The code of the failure, or "ok"; the value stays in `out`.
  template <class T>
  std::string run(boost::asio::awaitable<Result<T>> work, std::optional<T>* out = nullptr) {
    auto done = boost::asio::co_spawn(
        threads.context(),
        [&]() -> boost::asio::awaitable<std::string> {
          Result<T> result = co_await std::move(work);
          if (!result) co_return result.error().code;
          if constexpr (!std::is_void_v<T>)
            if (out != nullptr) *out = std::move(*result);
          co_return "ok";
        },
        boost::asio::use_future);
    return done.get();
  }

  AccountStore accounts{*database, clock};
  TokenStore tokens{*database, clock};
  DeviceStore devices{*database, clock};
  SessionStore sessions{*database, clock};
  StoreAuthenticator stores{accounts, tokens, devices, sessions, threads.pool(), clock, metrics};
};

TEST_F(StoreAuthenticatorTest, signs_in_knows_the_cookie_and_signs_out) {
  std::optional<SignedIn> session;
  ASSERT_EQ(run(stores.sign_in("ThuKy", "mật khẩu rất dài", "10.0.0.1"), &session), "ok");
  EXPECT_EQ(session->who.role, Role::secretary);
  std::optional<Identity> who;
  EXPECT_EQ(run(stores.from_cookie(session->cookie), &who), "ok");
  EXPECT_EQ(who->role, Role::secretary);
  auto out = boost::asio::co_spawn(
      threads.context(),
      [&]() -> boost::asio::awaitable<bool> {
        Result<void> done = co_await stores.sign_out(session->cookie);
        co_return done.has_value();
      },
      boost::asio::use_future);
  EXPECT_TRUE(out.get());
  EXPECT_EQ(run(stores.from_cookie(session->cookie)), "auth.no_session");
}

TEST_F(StoreAuthenticatorTest, stops_looking_at_passwords_after_too_many_attempts) {
  std::string last;
  for (int i = 0; i < 9; ++i) last = run(stores.sign_in("thuky", "wrong password", "10.0.0.1"));
  EXPECT_EQ(last, "auth.too_many_attempts");
  EXPECT_EQ(run(stores.sign_in("thuky", "mật khẩu rất dài", "10.0.0.2")), "auth.too_many_attempts");
  EXPECT_EQ(metric("diemcau_sign_in_refused_total{reason=\"credentials\"}"), "8");
}

TEST_F(StoreAuthenticatorTest, exchanges_a_token_for_a_cookie_that_ends_with_it) {
  NewToken wanted;
  wanted.meeting = MeetingId(meeting);
  wanted.unit = UnitCode("HD-10507");
  wanted.ttl = std::chrono::minutes(10);
  const auto minted = tokens.mint(wanted);
  ASSERT_TRUE(minted);
  std::optional<SignedIn> session;
  ASSERT_EQ(run(stores.sign_in_with_token(minted->secret, "10.0.0.1"), &session), "ok");
  EXPECT_LE(session->lifetime, std::chrono::minutes(10));
  EXPECT_EQ(session->who.meeting, MeetingId(meeting));
  EXPECT_EQ(run(stores.from_bearer(minted->secret)), "ok");
  EXPECT_EQ(run(stores.from_bearer("dc_nothing")), "auth.bad_token");
  EXPECT_EQ(run(stores.from_bearer(std::string(100'000, 'x'))), "auth.bad_token");
}

}  // namespace
}  // namespace diemcau::test
