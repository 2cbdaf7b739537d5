#include <gtest/gtest.h>

#include "signaling/listener.hpp"
#include "signaling/password_throttle.hpp"
#include "signaling/rate_window.hpp"

namespace diemcau::signaling {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RateWindow, lets_fifty_in_a_second_pass_and_not_one_more) {
  ManualClock clock;
  RateWindow window(50, seconds(1));
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(window.take(clock.now()));
  clock.advance(milliseconds(999));
  EXPECT_FALSE(window.take(clock.now()));
  clock.advance(milliseconds(1001));
  EXPECT_TRUE(window.take(clock.now()));
}

TEST(PasswordThrottle, stops_guessing_at_one_account_from_everywhere) {
  ManualClock clock;
  PasswordThrottle throttle;
  int allowed = 0;
  for (int i = 0; i < 100; ++i)
    allowed += throttle.allow("admin", "10.0.0." + std::to_string(i), clock.now()) ? 1 : 0;
  EXPECT_EQ(allowed, 8);
  EXPECT_TRUE(throttle.allow("other", "10.0.0.1", clock.now()));
  clock.advance(seconds(31));
  EXPECT_TRUE(throttle.allow("admin", "10.0.1.1", clock.now()));
  EXPECT_FALSE(throttle.allow("admin", "10.0.1.1", clock.now()));
}

TEST(PasswordThrottle, stops_guessing_at_all_accounts_from_one_address) {
  ManualClock clock;
  PasswordThrottle throttle;
  int allowed = 0;
  for (int i = 0; i < 200; ++i)
    allowed += throttle.allow("user" + std::to_string(i), "10.0.0.1", clock.now()) ? 1 : 0;
  EXPECT_EQ(allowed, 60);
  EXPECT_TRUE(throttle.allow("user0", "10.0.0.2", clock.now()));
}

TEST(PasswordThrottle, forgets_an_account_that_got_it_right) {
  ManualClock clock;
  PasswordThrottle throttle;
  for (int i = 0; i < 30; ++i) {
    EXPECT_TRUE(throttle.allow("a", "10.0.0.1", clock.now()));
    throttle.succeeded("a");
  }
}

TEST(PasswordThrottle, remembers_a_bounded_number_of_names) {
  ManualClock clock;
  PasswordThrottle::Limits limits;
  limits.remembered = 10;
  limits.per_address = 1000;
  PasswordThrottle throttle(limits);
  int allowed = 0;
  for (int i = 0; i < 100; ++i)
    allowed += throttle.allow("user" + std::to_string(i), "10.0.0.1", clock.now()) ? 1 : 0;
  EXPECT_EQ(allowed, 10);
  clock.advance(seconds(3600));
  EXPECT_TRUE(throttle.allow("late", "10.0.0.1", clock.now()));
}

std::string check(const ListenOptions& options) {
  const auto result = check_listen_options(options);
  return result ? "ok" : result.error().code;
}

TEST(ListenOptions, plain_http_is_for_loopback_or_behind_a_proxy) {
  ListenOptions options;
  for (const char* address : {"127.0.0.1", "127.8.8.8", "::1", "localhost"}) {
    options.address = address;
    EXPECT_EQ(check(options), "ok") << address;
  }
  for (const char* address : {"0.0.0.0", "::", "10.0.0.1"}) {
    options.address = address;
    options.behind_proxy = false;
    EXPECT_EQ(check(options), "listen.plain_http") << address;
    options.behind_proxy = true;
    EXPECT_EQ(check(options), "ok") << address;
  }
  options.address = "somewhere";
  EXPECT_EQ(check(options), "listen.bad_address");
  options.address = "0.0.0.0";
  options.behind_proxy = false;
  options.certificate = "cert.pem";
  EXPECT_EQ(check(options), "listen.tls_pair");
  options.key = "key.pem";
  EXPECT_EQ(check(options), "ok");
}

}  // namespace
}  // namespace diemcau::signaling
