#include "mcu/meetings/links/pin_throttle.hpp"

#include <gtest/gtest.h>

namespace diemcau::mcu {
namespace {

using namespace std::chrono_literals;

class Throttle : public ::testing::Test {
 protected:
  bool may(const std::string& address, const std::string& link = "m/HD-1") {
    return throttle_.ask(link, address, now_) == 0s;
  }
  int tries(const std::string& address, int times, const std::string& link = "m/HD-1") {
    int made = 0;
    for (int i = 0; i < times; ++i) made += may(address, link) ? 1 : 0;
    return made;
  }
  TimePoint now_{1h};
  PinThrottle throttle_;
};

TEST_F(Throttle, gives_an_address_five_tries_then_one_a_minute_and_says_how_long) {
  EXPECT_EQ(tries("10.0.0.1", 20), 5);
  EXPECT_EQ(throttle_.ask("m/HD-1", "10.0.0.1", now_), 60s);
  now_ += 59s;
  EXPECT_FALSE(may("10.0.0.1"));
  now_ += 1s;
  EXPECT_EQ(tries("10.0.0.1", 5), 1);
}

TEST_F(Throttle, counts_each_link_and_each_address_for_itself) {
  EXPECT_EQ(tries("10.0.0.1", 9), 5);
  EXPECT_EQ(tries("10.0.0.2", 9), 5);
  EXPECT_EQ(tries("10.0.0.1", 9, "m/HD-2"), 5);
}

TEST_F(Throttle, lets_a_right_pin_end_the_count) {
  EXPECT_EQ(tries("10.0.0.1", 4), 4);
  throttle_.succeeded("m/HD-1", "10.0.0.1");
  EXPECT_EQ(tries("10.0.0.1", 9), 5);
}

TEST_F(Throttle, lets_a_site_in_while_many_addresses_go_on_guessing) {
  for (int minute = 0; minute < 60; ++minute, now_ += 1min) {
    for (int i = 0; i < 12; ++i) tries("192.0.2." + std::to_string(i), 50);
  }
  EXPECT_EQ(tries("10.0.0.1", 2), 2) << "its first two tries are nobody else's";
}

TEST_F(Throttle, holds_all_guesses_of_a_day_from_ever_new_addresses_to_a_fiftieth_of_all_pins) {
  int made = 0, address = 0;
  for (int minute = 0; minute < 24 * 60; ++minute, now_ += 1min) {
    for (int i = 0; i < 40; ++i) made += tries("a" + std::to_string(address++), 5);
  }
  EXPECT_LE(made, 14 * 24 * 60 + 60);
  EXPECT_LT(made, 1'000'000 / 49);
}

TEST_F(Throttle, remembers_no_more_than_it_may_and_then_refuses_only_new_ones) {
  PinThrottle::Limits limits;
  limits.remembered = 3;
  PinThrottle small(limits);
  for (const char* address : {"a", "b", "c"}) EXPECT_EQ(small.ask("l", address, now_), 0s);
  EXPECT_GT(small.ask("l", "d", now_), 0s);
  EXPECT_EQ(small.ask("l", "a", now_), 0s);
  now_ += 10min;
  EXPECT_EQ(small.ask("l", "d", now_), 0s) << "who has all his tries again is forgotten";
}

TEST_F(Throttle, forgets_what_was_guessed_at_a_link_that_was_made_anew) {
  EXPECT_EQ(tries("10.0.0.1", 9), 5);
  throttle_.forget("m/HD-1");
  EXPECT_EQ(tries("10.0.0.1", 9), 5);
}

}  // namespace
}  // namespace diemcau::mcu
