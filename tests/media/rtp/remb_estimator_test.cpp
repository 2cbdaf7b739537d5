#include "media/rtp/remb_estimator.hpp"

#include <random>

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A sender of 1 000-byte packets whose receiver asks for each lost one 50 ms later.
class RembEstimatorTest : public testing::Test {
 protected:
  /// `lost` decides for each packet. Returns after how many milliseconds it choked, or −1.
  template <class Lost>
  int run(int ms, int packets_a_second, Lost lost) {
    int choked = -1;
    for (int t = 0; t < ms; ++t) {
      now_ += milliseconds(1);
      due_ += packets_a_second / 1000.0;
      while (due_ >= 1) {
        due_ -= 1;
        bytes_ += 1000;
        if (lost()) asked_.push_back({now_ + milliseconds(50), sequence_});
        ++sequence_;
      }
      if (++since_tick_ == 20) {
        since_tick_ = 0;
        estimator_.on_sent(bytes_, now_);
      }
      while (!asked_.empty() && asked_.front().first <= now_) {
        estimator_.on_missing(1, asked_.front().second, now_);
        asked_.erase(asked_.begin());
      }
      if (estimator_.take_choke() && choked < 0) choked = t;
    }
    return choked;
  }
  static bool nothing() { return false; }
  void report(std::size_t flow, double fraction_lost, Duration round_trip, double delivered = 0,
              Duration own_delay = {}) {
    estimator_.on_report(flow, {fraction_lost, delivered, round_trip, now_ - round_trip, own_delay},
                         now_);
  }

  RembEstimator estimator_;
  TimePoint now_{std::chrono::hours(1)};
  std::uint64_t bytes_ = 0;
  double due_ = 0;
  int since_tick_ = 0;
  std::uint16_t sequence_ = 65'500;  // wraps
  std::vector<std::pair<TimePoint, std::uint16_t>> asked_;
};

TEST_F(RembEstimatorTest, measures_what_is_sent) {
  run(2000, 200, nothing);
  EXPECT_NEAR(estimator_.estimate(now_).sent, 1.6e6, 0.1e6);
  EXPECT_EQ(estimator_.estimate(now_).bitrate, 0);
}

TEST_F(RembEstimatorTest, sees_a_line_become_narrow_within_a_round_trip_and_a_tenth_of_a_second) {
  run(2000, 200, nothing);
  int n = 0;
  const int choked = run(1000, 200, [&] { return n++ % 5 != 0; });  // a fifth comes through
  EXPECT_GE(choked, 50);
  EXPECT_LE(choked, 150);
}

TEST_F(RembEstimatorTest, tells_about_what_came_through) {
  run(2000, 200, nothing);
  int n = 0;
  run(120, 200, [&] { return n++ % 5 != 0; });
  EXPECT_NEAR(estimator_.estimate(now_).bitrate, 0.2 * 1.6e6, 0.12e6);
}

TEST_F(RembEstimatorTest, is_not_alarmed_by_a_few_losses_or_by_a_frame_lost_whole) {
  std::mt19937 random(1);
  EXPECT_EQ(run(60'000, 200, [&] { return random() % 100 < 5; }), -1);
  int n = 0;
  EXPECT_EQ(run(5000, 200, [&] { return n++ % 400 < 7; }), -1);
}

TEST_F(RembEstimatorTest, takes_a_third_lost_for_normal_once_it_was_reported) {
  std::mt19937 random(1);
  report(1, 0.3, Duration{});
  EXPECT_EQ(run(60'000, 160, [&] { return random() % 100 < 30; }), -1);
}

TEST_F(RembEstimatorTest, one_choke_is_told_once) {
  run(2000, 200, nothing);
  run(120, 200, [] { return true; });
  EXPECT_EQ(run(400, 200, [] { return true; }), -1);
  EXPECT_GE(run(1000, 200, [] { return true; }), 0);
}

TEST_F(RembEstimatorTest, does_not_believe_remb_while_it_climbs_from_its_default) {
  run(1000, 200, nothing);
  estimator_.on_remb(300e3, now_);
  EXPECT_FALSE(estimator_.take_choke());
  EXPECT_EQ(estimator_.estimate(now_).bitrate, 0);
}

TEST_F(RembEstimatorTest, believes_remb_later_and_chokes_when_it_falls_far_below_what_is_sent) {
  for (int i = 0; i < 25; ++i) {
    run(200, 200, nothing);
    estimator_.on_remb(2.2e6, now_);
  }
  EXPECT_EQ(estimator_.estimate(now_).bitrate, 2.2e6);
  EXPECT_FALSE(estimator_.take_choke());
  report(1, 0.1, Duration{});
  estimator_.on_remb(400e3, now_);
  EXPECT_TRUE(estimator_.take_choke());
  EXPECT_EQ(estimator_.estimate(now_).bitrate, 400e3);
}

TEST_F(RembEstimatorTest, does_not_believe_a_remb_below_what_passes_unharmed) {
  for (int i = 0; i < 25; ++i) {
    run(200, 200, nothing);
    estimator_.on_remb(400e3, now_);
    report(1, 0.01, milliseconds(i % 2 == 0 ? 20 : 130));
  }
  EXPECT_FALSE(estimator_.take_choke());
  EXPECT_NEAR(estimator_.estimate(now_).bitrate, 1.6e6, 0.1e6);
}

TEST_F(RembEstimatorTest, believes_it_once_a_queue_stands_in_two_round_trips) {
  for (int i = 0; i < 25; ++i) {
    run(200, 200, nothing);
    estimator_.on_remb(400e3, now_);
    report(1, 0, milliseconds(20));
  }
  report(1, 0, milliseconds(130));
  EXPECT_FALSE(estimator_.take_choke());
  report(1, 0, milliseconds(150));
  EXPECT_TRUE(estimator_.take_choke());
}

TEST_F(RembEstimatorTest, believes_it_at_once_where_the_queue_is_longer_than_jitter_makes_it) {
  for (int i = 0; i < 25; ++i) {
    run(200, 200, nothing);
    estimator_.on_remb(400e3, now_);
    report(1, 0, milliseconds(20));
  }
  ASSERT_FALSE(estimator_.take_choke());
  report(1, 0, milliseconds(200));
  EXPECT_TRUE(estimator_.take_choke());
}

TEST_F(RembEstimatorTest, a_third_lost_from_one_moment_on_chokes_a_few_times_and_is_learnt) {
  std::mt19937 random(1);
  run(5000, 160, nothing);
  int chokes = 0;
  for (int second = 0; second < 30; ++second) {
    chokes += run(1000, 160, [&] { return random() % 100 < 30; }) >= 0 ? 1 : 0;
    report(1, 0.3, Duration{});
  }
  EXPECT_LE(chokes, 3);
}

TEST_F(RembEstimatorTest, forgets_a_remb_that_is_not_repeated) {
  for (int i = 0; i < 25; ++i) {
    run(200, 200, nothing);
    estimator_.on_remb(2.2e6, now_);
  }
  run(6000, 200, nothing);
  EXPECT_EQ(estimator_.estimate(now_).bitrate, 0);
}

TEST_F(RembEstimatorTest, takes_a_round_trip_that_grew_by_a_third_of_a_second_for_a_queue) {
  for (int i = 0; i < 5; ++i) {
    run(1000, 200, nothing);
    report(1, 0, milliseconds(80));
  }
  run(1000, 200, nothing);
  report(1, 0, milliseconds(250));
  EXPECT_FALSE(estimator_.take_choke());
  run(1000, 200, nothing);
  report(1, 0, milliseconds(500));
  EXPECT_TRUE(estimator_.take_choke());
}

TEST_F(RembEstimatorTest, does_not_take_the_lateness_of_its_own_thread_for_a_queue_of_the_line) {
  for (int i = 0; i < 5; ++i) {
    run(1000, 200, nothing);
    report(1, 0, milliseconds(80));
  }
  // The thread was busy with others, …
  report(1, 0, milliseconds(450), 0, milliseconds(380));
  EXPECT_FALSE(estimator_.take_choke());
  // … and later only the line can be the cause.
  run(3000, 200, nothing);
  report(1, 0, milliseconds(450));
  EXPECT_TRUE(estimator_.take_choke());
}

TEST_F(RembEstimatorTest, reports_the_slot_that_loses_most_and_forgets_old_reports) {
  report(0, 0.02, Duration{});
  report(1, 0.2, Duration{});
  EXPECT_DOUBLE_EQ(estimator_.estimate(now_).fraction_lost, 0.2);
  EXPECT_EQ(estimator_.estimate(now_ + seconds(10)).fraction_lost, 0);
}

TEST_F(RembEstimatorTest, never_takes_a_strained_line_for_less_than_what_comes_through) {
  for (int i = 0; i < 25; ++i) {
    run(200, 50, nothing);
    estimator_.on_remb(80e3, now_);
    report(1, 0, milliseconds(40), 390e3);
  }
  report(1, 0, milliseconds(250), 300e3);
  EXPECT_FALSE(estimator_.take_choke()) << "three quarters of it come through";
  EXPECT_TRUE(estimator_.estimate(now_).queued);
  EXPECT_EQ(estimator_.estimate(now_).bitrate, 300e3);
}

TEST_F(RembEstimatorTest, the_queue_of_one_choke_is_not_taken_for_another) {
  for (int i = 0; i < 5; ++i) {
    run(1000, 200, nothing);
    report(1, 0, milliseconds(40));
  }
  run(1000, 200, nothing);
  report(1, 0, milliseconds(500));
  ASSERT_TRUE(estimator_.take_choke());
  run(300, 20, nothing);
  run(400, 20, nothing);
  report(0, 0, milliseconds(480));  // its trip began before the queue was gone
  EXPECT_FALSE(estimator_.take_choke());
  run(1000, 20, nothing);
  report(0, 0, milliseconds(480));
  EXPECT_TRUE(estimator_.take_choke());
}

TEST_F(RembEstimatorTest, sound_that_is_repaired_does_not_make_a_lossy_line_look_clean) {
  for (int i = 0; i < 40; ++i) {
    run(500, 160, nothing);
    estimator_.on_repaired(0.3);
    report(i % 2, i % 2 == 0 ? 0 : 0.3, Duration{}, 500e3);
    estimator_.on_remb(200e3, now_);
  }
  while (estimator_.take_choke()) {
  }
  report(1, 0.33, Duration{}, 100e3);
  EXPECT_FALSE(estimator_.take_choke());
}

TEST_F(RembEstimatorTest, a_key_frame_is_no_reason_to_believe_a_low_remb) {
  for (int i = 0; i < 25; ++i) {
    run(200, 25, nothing);
    estimator_.on_remb(150e3, now_);
    report(1, 0.02, milliseconds(40), 160e3);
  }
  report(1, 0.2, milliseconds(40), 130e3);
  run(20, 500, nothing);  // 10 packets at once: 320 kbit/s over 400 ms, 250 over a second
  estimator_.on_remb(150e3, now_);
  EXPECT_FALSE(estimator_.take_choke());
}

TEST_F(RembEstimatorTest, one_choke_by_a_low_remb_is_no_sign_of_the_next) {
  for (int i = 0; i < 25; ++i) {
    run(200, 15, nothing);
    estimator_.on_remb(30e3, now_);
    report(1, 0.02, milliseconds(40), 30e3);
  }
  report(1, 0.12, milliseconds(40), 30e3);
  int chokes = estimator_.take_choke() ? 1 : 0;
  for (int i = 0; i < 50; ++i) {
    chokes += run(200, 15, nothing) >= 0 ? 1 : 0;
    estimator_.on_remb(30e3, now_);
    report(1, 0.02, milliseconds(40), 30e3);
    chokes += estimator_.take_choke() ? 1 : 0;
  }
  EXPECT_GE(chokes, 1);
  EXPECT_LE(chokes, 5) << "strain is forgotten after three seconds";
}

TEST_F(RembEstimatorTest, a_choke_does_not_make_it_forget_what_the_line_loses) {
  run(2000, 200, nothing);
  report(1, 0.3, milliseconds(40));
  int packets = 0;
  ASSERT_GE(run(400, 200, [&] { return ++packets > 20; }), 0);
  EXPECT_DOUBLE_EQ(estimator_.estimate(now_).fraction_lost, 0.3);
}

TEST_F(RembEstimatorTest, a_flow_that_is_not_reported_any_more_does_not_speak_for_the_line) {
  report(1, 0.5, milliseconds(40));
  run(1200, 200, nothing);
  report(0, 0.1, milliseconds(40));
  EXPECT_DOUBLE_EQ(estimator_.estimate(now_).fraction_lost, 0.5) << "of the same second";
  run(1200, 200, nothing);
  report(0, 0.1, milliseconds(40));
  EXPECT_DOUBLE_EQ(estimator_.estimate(now_).fraction_lost, 0.1);
}

}  // namespace
}  // namespace diemcau::media
