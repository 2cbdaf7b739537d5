#include "mcu/conference/downlink_policy.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace diemcau::mcu {
namespace {

using namespace std::chrono_literals;
using enum DownlinkLevel;
constexpr TimePoint kStart{1h};

/// A receiver behind a line that takes so much and loses so much besides: what a browser reports.
struct SimulatedLine {
  double capacity = 10e6;
  double loss = 0;
  bool tells_estimate = true;

  DownlinkPolicy::Line carry(DownlinkLevel level) const {
    DownlinkPolicy::Line line;
    line.sent = cost_of(level);
    const double arrives = std::min(line.sent, capacity) * (1 - loss);
    line.fraction_lost = 1 - arrives / line.sent;
    // REMB: under what arrived while it overflows, else never above half as much again.
    if (tells_estimate) line.estimate = line.sent > capacity ? 0.85 * capacity : 1.5 * arrives;
    return line;
  }
};

/// Levels after each of `seconds` updates.
std::vector<DownlinkLevel> run(DownlinkPolicy& policy, const SimulatedLine& line, TimePoint& now,
                               int seconds) {
  std::vector<DownlinkLevel> levels;
  for (int s = 0; s < seconds; ++s, now += 1s)
    levels.push_back(policy.update(line.carry(policy.level()), now));
  return levels;
}

TEST(DownlinkLevels, are_named_as_the_protocol_writes_them) {
  EXPECT_EQ(name_of(sound), "sound");
  EXPECT_EQ(name_of(slides), "slides");
  EXPECT_EQ(name_of(p180), "180p");
  EXPECT_EQ(name_of(p1080), "1080p");
}

TEST(DownlinkLevels, a_line_of_64_kbit_carries_sound_and_slides) {
  EXPECT_EQ(level_for(64e3), slides);
  EXPECT_EQ(level_for(51e3), sound);
  EXPECT_EQ(level_for(0), sound);
  EXPECT_EQ(level_for(300e3), p180);
  EXPECT_EQ(level_for(1e9), p1080);
}

TEST(DownlinkLevels, carry_sound_first_then_slides_then_the_picture) {
  EXPECT_EQ(content_of(sound, true), (DownlinkContent{SoundKind::thin, sound, false}));
  EXPECT_EQ(content_of(slides, false), (DownlinkContent{SoundKind::thin, slides, false}));
  EXPECT_EQ(content_of(p180, false), (DownlinkContent{SoundKind::red, p180, false}));
  EXPECT_EQ(content_of(p360, true), (DownlinkContent{SoundKind::red, p360, true}));
  EXPECT_EQ(content_of(p1080, false), (DownlinkContent{SoundKind::red, p1080, true}));
}

TEST(DownlinkLevels, while_slides_are_shown_180_lines_give_way_to_slides_that_can_be_read) {
  EXPECT_EQ(content_of(p180, true).main, slides);
}

TEST(DownlinkPolicy, a_display_gets_the_level_it_shows_best) {
  EXPECT_EQ(level_for_display(1920, 1080), DownlinkLevel::p1080);
  EXPECT_EQ(level_for_display(3840, 2160), DownlinkLevel::p1080);
  EXPECT_EQ(level_for_display(1366, 768), DownlinkLevel::p720);
  EXPECT_EQ(level_for_display(800, 600), DownlinkLevel::p720);
  EXPECT_EQ(level_for_display(360, 640), DownlinkLevel::p360) << "a telephone held upright";
}

TEST(DownlinkPolicy, pictures_are_paced_on_a_thin_line_only) {
  DownlinkPolicy policy;
  TimePoint now{std::chrono::hours(1)};
  policy.update({1.7e6, 2.5e6, 0, false}, now);
  EXPECT_EQ(policy.thin_line(2.5e6), 0) << "720p";
  policy.update({1.7e6, 300e3, 0, true}, now);
  EXPECT_EQ(policy.level(), DownlinkLevel::p180);
  EXPECT_EQ(policy.thin_line(300e3), 300e3);
  EXPECT_GT(policy.thin_line(0), cost_of(DownlinkLevel::p180)) << "the level's own rate has room";
  policy.set_ceiling(DownlinkLevel::p180);
  EXPECT_EQ(policy.thin_line(0), 0) << "it is sent little because it shows little";
}

TEST(DownlinkPolicy, a_good_line_keeps_the_ceiling) {
  DownlinkPolicy policy;
  TimePoint now = kStart;
  for (const auto level : run(policy, {}, now, 60)) EXPECT_EQ(level, p720);
}

TEST(DownlinkPolicy, a_page_with_a_large_display_climbs_to_1080) {
  DownlinkPolicy policy;
  policy.set_ceiling(p1080);
  TimePoint now = kStart;
  EXPECT_EQ(run(policy, {}, now, 15).back(), p1080);
}

TEST(DownlinkPolicy, a_lower_ceiling_holds_at_once) {
  DownlinkPolicy policy;
  policy.set_ceiling(p360);
  EXPECT_EQ(policy.level(), p360);
  TimePoint now = kStart;
  EXPECT_EQ(run(policy, {}, now, 60).back(), p360);
}

TEST(DownlinkPolicy, a_choking_line_steps_down_at_once_to_what_was_measured) {
  DownlinkPolicy policy;
  policy.update({1.7e6, 2.5e6, 0, false}, kStart);
  EXPECT_EQ(policy.update({1.7e6, 300e3, 0, true}, kStart + 100ms), p180);
}

TEST(DownlinkPolicy, a_choking_line_of_unknown_rate_steps_down_one_level) {
  DownlinkPolicy policy;
  EXPECT_EQ(policy.update({1.7e6, 0, 0, true}, kStart), p360);
}

TEST(DownlinkPolicy, echoes_of_one_choke_are_one_choke) {
  DownlinkPolicy policy;
  ASSERT_EQ(policy.update({1.7e6, 0, 0, true}, kStart), p360);
  EXPECT_EQ(policy.update({1.7e6, 0, 0.7, true}, kStart + 300ms), p360);
  EXPECT_EQ(policy.update({640e3, 0, 0.7, true}, kStart + 900ms), p180);
}

TEST(DownlinkPolicy, an_estimate_far_below_what_is_sent_steps_down_at_its_first_word) {
  DownlinkPolicy policy;
  EXPECT_EQ(policy.update({1.7e6, 260e3, 0, false}, kStart), p180);
}

TEST(DownlinkPolicy, one_second_of_loss_or_mild_choke_does_not_step_down_and_two_do) {
  for (const DownlinkPolicy::Line bad : {DownlinkPolicy::Line{1.7e6, 0, 0.2, false},
                                         DownlinkPolicy::Line{1.7e6, 1.2e6, 0.0, false}}) {
    DownlinkPolicy policy;
    const DownlinkPolicy::Line good{1.7e6, 2.5e6, 0.0, false};
    EXPECT_EQ(policy.update(bad, kStart), p720);
    EXPECT_EQ(policy.update(good, kStart + 1s), p720);
    EXPECT_EQ(policy.update(bad, kStart + 2s), p720);
    EXPECT_EQ(policy.update(bad, kStart + 3s), p360);
  }
}

TEST(DownlinkPolicy, a_static_picture_is_not_mistaken_for_a_choked_line) {
  DownlinkPolicy policy;
  for (int s = 0; s < 30; ++s)
    EXPECT_EQ(policy.update({60e3, 90e3, 0.0, false}, kStart + s * 1s), p720);
}

TEST(DownlinkPolicy, a_failed_trial_doubles_the_wait_for_the_next_and_a_good_one_forgives) {
  DownlinkPolicy policy;
  TimePoint now = kStart;
  const auto until = [&](DownlinkLevel level, const SimulatedLine& line) {
    int waited = 0;
    while (policy.update(line.carry(policy.level()), now) != level && waited < 400) {
      ++waited;
      now += 1s;
    }
    return waited;
  };
  const SimulatedLine thin{500e3, 0, false}, good{10e6, 0, false};
  until(p180, thin);
  const int first = until(p360, thin);
  until(p180, thin);
  const int second = until(p360, thin);
  until(p180, thin);
  const int third = until(p360, thin);
  EXPECT_NEAR(first, 10, 1);
  EXPECT_NEAR(second, 20, 1);
  EXPECT_NEAR(third, 40, 1);
  EXPECT_LE(until(p720, good), 41);
}

struct Trace {
  const char* what;
  SimulatedLine line;
  int seconds;
  DownlinkLevel settles_at;
  int most_changes;
};

TEST(DownlinkPolicy, traces_settle_where_the_line_carries_them) {
  const std::vector<Trace> traces{
      {"fibre", {50e6}, 120, p720, 0},
      {"4G of 2.5 Mbit/s", {2.5e6}, 120, p720, 0},
      {"1 Mbit/s", {1e6}, 120, p360, 9},
      {"300 kbit/s", {300e3}, 120, p180, 9},
      {"300 kbit/s without REMB", {300e3, 0, false}, 120, p180, 9},
      {"300 kbit/s that loses 5 %", {300e3, 0.05}, 120, p180, 9},
      {"64 kbit/s", {64e3 / 0.85}, 120, slides, 9},
      {"40 kbit/s", {40e3}, 120, sound, 9},
      {"a third lost, wide line", {10e6, 0.3}, 120, p360, 2},
      {"a third lost, wide line, no REMB", {10e6, 0.3, false}, 120, p360, 2},
  };
  for (const auto& trace : traces) {
    DownlinkPolicy policy;
    TimePoint now = kStart;
    const auto levels = run(policy, trace.line, now, trace.seconds);
    int changes = 0, there = 0;
    for (std::size_t i = 1; i < levels.size(); ++i) changes += levels[i] != levels[i - 1];
    for (std::size_t i = 5; i < levels.size(); ++i) there += levels[i] == trace.settles_at;
    EXPECT_GE(there, trace.seconds * 85 / 100) << trace.what;
    EXPECT_LE(changes, trace.most_changes) << trace.what;
  }
}

TEST(DownlinkPolicy, loss_that_does_not_follow_what_is_sent_is_random_until_it_stops) {
  DownlinkPolicy policy;
  TimePoint now = kStart;
  run(policy, {10e6, 0.3}, now, 10);
  EXPECT_TRUE(policy.loss_is_random());
  run(policy, {10e6, 0}, now, 60);
  EXPECT_FALSE(policy.loss_is_random());
  EXPECT_EQ(policy.level(), p720);
}

TEST(DownlinkPolicy, a_line_that_falls_and_recovers_is_followed_down_and_up) {
  DownlinkPolicy policy;
  TimePoint now = kStart;
  run(policy, {5e6}, now, 10);
  ASSERT_EQ(policy.level(), p720);
  EXPECT_EQ(run(policy, {300e3}, now, 3).back(), p180);
  run(policy, {5e6}, now, 60);
  EXPECT_EQ(policy.level(), p720);
}

TEST(DownlinkChoke, a_queue_that_still_drains_is_no_reason_for_another_step) {
  DownlinkPolicy policy;
  const TimePoint start{std::chrono::hours(1)};
  policy.update({450e3, 0, 0, false}, start);
  EXPECT_EQ(policy.update({450e3, 260e3, 0, true}, start + std::chrono::seconds(5)),
            DownlinkLevel::p180);
  EXPECT_EQ(policy.update({300e3, 250e3, 0, true}, start + std::chrono::seconds(8)),
            DownlinkLevel::p180);
  EXPECT_EQ(policy.update({300e3, 70e3, 0, true}, start + std::chrono::seconds(9)),
            DownlinkLevel::slides);
}

/// A line of 300 kbit/s from one of 5 Mbit/s: what its estimator says, one row per update.
struct Choke {
  Duration after;  // since it still was wide
  DownlinkPolicy::Line line;
  Duration report_age{};
};

TEST(DownlinkChoke, a_line_that_falls_to_300_kbit_is_followed_whatever_shows_it_first) {
  const std::vector<Choke> by_requests{{5s, {1.7e6, 680e3, 0, true}},
                                       {5750ms, {640e3, 300e3, 0, true}}};
  // A longer round trip tells no rate; what was lost is reported while the level is still to fall.
  const std::vector<Choke> by_round_trip{{5s, {1.7e6, 1.7e6, 0, true}},
                                         {5500ms, {640e3, 0, 0.53, false}, 200ms},
                                         {6500ms, {640e3, 0, 0.53, false}, 200ms},
                                         {7500ms, {640e3, 0, 0.53, false}, 200ms}};
  auto by_both = by_round_trip;
  by_both.front().line.estimate = 680e3;
  for (const auto& chokes : {by_requests, by_round_trip, by_both}) {
    DownlinkPolicy policy;
    policy.update({1.7e6, 2.5e6, 0, false}, kStart);
    for (const Choke& choke : chokes) {
      auto line = choke.line;
      line.reported = kStart + choke.after - choke.report_age;
      const auto level = policy.update(line, kStart + choke.after);
      EXPECT_FALSE(policy.loss_is_random());
      if (&choke == &chokes.front()) {
        EXPECT_EQ(level, p360);
      }
    }
    EXPECT_EQ(policy.level(), p180);
  }
}

TEST(DownlinkContent, redundancy_outlives_the_seconds_in_which_its_repairs_are_counted_up) {
  // A third is lost; sound that is asked for again is an average over some seconds.
  DownlinkPolicy policy;
  policy.set_ceiling(p180);
  const std::vector<DownlinkPolicy::Line> seconds_of_loss{
      {245e3, 100e3, 0, false, 0.15},    {245e3, 100e3, 0, false, 0.225},
      {95e3, 60e3, 0.33, false, 0.2625}, {95e3, 60e3, 0.33, false, 0.281},
      {95e3, 60e3, 0.33, false, 0.29},   {95e3, 60e3, 0.33, false, 0.3},
      {95e3, 60e3, 0.33, false, 0.3},    {95e3, 60e3, 0.33, false, 0.3}};
  TimePoint now = kStart;
  for (const auto& line : seconds_of_loss) {
    policy.update(line, now += 1s);
    EXPECT_TRUE(policy.redundant()) << (now - kStart) / 1s;
  }
}

TEST(DownlinkChoke, what_was_lost_before_a_step_down_is_no_reason_for_another) {
  DownlinkPolicy policy;
  policy.update({1.7e6, 2.5e6, 0, false}, kStart);
  ASSERT_EQ(policy.update({1.7e6, 300e3, 0, true}, kStart + 5s), p180);
  EXPECT_EQ(policy.update({245e3, 0, 0.4, false}, kStart + 6s), p180);
  EXPECT_EQ(policy.update({245e3, 0, 0.4, false}, kStart + 7s), p180);
  policy.update({245e3, 0, 0.4, false}, kStart + 8s);
  EXPECT_EQ(policy.update({245e3, 0, 0.4, false}, kStart + 9s), slides) << "it goes on";
}

TEST(DownlinkChoke, an_old_report_of_loss_does_not_make_a_narrow_line_a_lossy_one) {
  DownlinkPolicy policy;
  policy.update({1.7e6, 0, 0, false}, kStart);
  ASSERT_EQ(policy.update({620e3, 12e3, 0.93, true}, kStart + 1s), sound);
  for (int s = 2; s < 6; ++s) {
    policy.update({27e3, 0, 0.93, false, 0.3 / (s * s), false, kStart + 1500ms}, kStart + s * 1s);
    EXPECT_FALSE(policy.redundant()) << s;
  }
}

TEST(DownlinkPolicy, slides_are_not_taken_away_for_some_loss_while_no_queue_stands) {
  for (const bool queued : {false, true}) {
    DownlinkPolicy policy;
    policy.update({1.7e6, 60e3, 0, true}, kStart);
    ASSERT_EQ(policy.level(), slides);
    for (int s = 3; s < 8; ++s)
      policy.update({55e3, 200e3, 0.14, false, 0, queued}, kStart + s * 1s);
    EXPECT_EQ(policy.level(), queued ? sound : slides);
  }
}

TEST(DownlinkChoke, chokes_of_one_random_loss_are_one_step_until_it_is_judged) {
  DownlinkPolicy policy;
  const TimePoint start{std::chrono::hours(1)};
  policy.update({450e3, 0, 0, false}, start);
  EXPECT_EQ(policy.update({450e3, 315e3, 0, true}, start + std::chrono::seconds(5)),
            DownlinkLevel::p180);
  EXPECT_EQ(policy.update({150e3, 105e3, 0.3, true}, start + std::chrono::seconds(6)),
            DownlinkLevel::p180);
  policy.update({150e3, 105e3, 0.3, false}, start + std::chrono::seconds(8));
  EXPECT_TRUE(policy.loss_is_random());
}

TEST(DownlinkChoke, an_estimate_that_jitter_holds_down_does_not_hide_random_loss) {
  DownlinkPolicy policy;
  const TimePoint start{std::chrono::hours(1)};
  policy.update({1.7e6, 0, 0, false}, start);
  TimePoint now = start + 5s;
  EXPECT_EQ(policy.update({1.7e6, 510e3, 0.3, true}, now), p180);
  EXPECT_FALSE(policy.redundant()) << "that loss is of what was sent before the step";
  now += 1500ms;
  EXPECT_EQ(policy.update({245e3, 73e3, 0.3, true}, now), p180);
  EXPECT_TRUE(policy.redundant()) << "not yet judged, but it carried more than RED sound takes";
  now += 2s;
  EXPECT_EQ(policy.update({245e3, 73e3, 0.3, false}, now), p180);
  EXPECT_TRUE(policy.loss_is_random());
  for (int s = 0; s < 20; ++s) {
    now += 500ms;
    policy.update({640e3, 190e3, 0.33, true}, now);
    now += 500ms;
    policy.update({640e3, 190e3, 0.33, false}, now);
    EXPECT_GE(policy.level(), p180);
  }
  EXPECT_EQ(policy.level(), p360);
  EXPECT_NE(policy.update({640e3, 60e3, 0.9, true}, now + 1s), p360) << "now it is narrow as well";
}

TEST(DownlinkContent, sound_gives_up_its_redundancy_only_where_the_line_has_no_room_for_it) {
  DownlinkPolicy thin;
  TimePoint now{std::chrono::hours(1)};
  thin.update({1.7e6, 0, 0, false}, now);
  thin.update({1.7e6, 60e3, 0, true}, now + 1s);
  EXPECT_EQ(thin.level(), slides);
  EXPECT_EQ(thin.update({70e3, 55e3, 0.2, false}, now + 4s), slides);
  EXPECT_FALSE(thin.redundant());

  DownlinkPolicy wide;
  wide.update({245e3, 200e3, 0.2, false}, now);
  EXPECT_TRUE(wide.redundant());
  wide.update({245e3, 200e3, 0.05, false}, now + 1s);
  EXPECT_TRUE(wide.redundant()) << "a quieter second changes nothing";
  wide.update({245e3, 200e3, 0.01, false}, now + 2s);
  EXPECT_TRUE(wide.redundant()) << "nor does a clean one";
  for (int s = 3; s <= 12; ++s) wide.update({245e3, 200e3, 0.01, false}, now + s * 1s);
  EXPECT_FALSE(wide.redundant());
}

/// Levels `sound` with the loss of the line behind it; `loss_with` while sound is redundant.
bool keeps_redundancy(double loss_with, bool queued) {
  DownlinkPolicy policy;
  TimePoint now{std::chrono::hours(1)};
  policy.update({1.7e6, 30e3, 0, true}, now);
  EXPECT_EQ(policy.level(), sound);
  for (int s = 0; s < 20; ++s) {
    now += 1s;
    const bool red = policy.redundant();
    policy.update({red ? 95e3 : 26e3, 20e3, red ? loss_with : 0.3, false, 0, red && queued}, now);
  }
  return policy.redundant();
}

TEST(DownlinkContent,
     thin_sound_that_is_lost_is_tried_with_redundancy_as_long_as_that_does_no_harm) {
  EXPECT_TRUE(keeps_redundancy(0.3, false));
  EXPECT_FALSE(keeps_redundancy(0.6, false)) << "more is lost: there is no room";
  EXPECT_FALSE(keeps_redundancy(0.3, true)) << "a queue: there is no room";
}

TEST(DownlinkContent, one_report_of_much_loss_does_not_take_the_redundancy_away_and_two_do) {
  DownlinkPolicy policy;
  TimePoint now = kStart;
  for (int s = 0; s < 10; ++s) policy.update({245e3, 300e3, 0.3, false, 0.3}, now += 1s);
  ASSERT_TRUE(policy.redundant());
  const TimePoint of_few = now + 1s;
  for (int s = 0; s < 3; ++s)  // the same report, as long as it holds
    policy.update({245e3, 300e3, 0.64, false, 0.35, false, of_few}, now += 1s);
  EXPECT_TRUE(policy.redundant());
  policy.update({245e3, 300e3, 0.3, false, 0.3}, now += 1s);
  EXPECT_TRUE(policy.redundant());
  policy.update({245e3, 300e3, 0.64, false, 0.64}, now += 1s);
  EXPECT_TRUE(policy.redundant());
  policy.update({245e3, 300e3, 0.64, false, 0.64}, now += 1s);
  EXPECT_FALSE(policy.redundant());
}

TEST(DownlinkPolicy, one_report_of_much_loss_does_not_end_what_is_known_to_be_random) {
  DownlinkPolicy policy;
  TimePoint now = kStart;
  run(policy, {10e6, 0.3}, now, 10);
  ASSERT_TRUE(policy.loss_is_random());
  const auto level = policy.level();
  run(policy, {10e6, 0.64}, now, 1);
  EXPECT_TRUE(policy.loss_is_random());
  EXPECT_EQ(policy.level(), level);
  run(policy, {10e6, 0.64}, now, 2);
  EXPECT_FALSE(policy.loss_is_random());
}

TEST(DownlinkContent, sound_that_is_asked_for_again_was_lost_though_reports_call_the_line_clean) {
  DownlinkPolicy policy;
  policy.update({245e3, 200e3, 0, false, 0.3}, kStart);
  EXPECT_TRUE(policy.redundant());
}

TEST(DownlinkPolicy, a_steady_loss_of_five_per_cent_is_no_reason_to_stay_at_sound) {
  DownlinkPolicy policy;
  TimePoint now = kStart;
  policy.update({1.7e6, 30e3, 0, true}, now);
  ASSERT_EQ(policy.level(), sound);
  EXPECT_GE(run(policy, {300e3, 0.05}, now, 60).back(), p180);
}

TEST(DownlinkPolicy, slides_are_paced_to_what_a_line_of_64_kbit_leaves_beside_sound) {
  DownlinkPolicy policy;
  policy.update({1.7e6, 60e3, 0, true}, kStart);
  ASSERT_EQ(policy.level(), slides);
  EXPECT_EQ(policy.thin_line(120e3), 90e3);
  for (const double measured : {0.0, 40e3, 72e3})
    EXPECT_LE(policy.thin_line(measured), 56e3) << "room for its queue to empty, " << measured;
}

TEST(DownlinkPolicy, slides_are_not_taken_away_for_the_queue_that_one_of_their_packets_makes) {
  const auto at_slides = [](const DownlinkPolicy::Line& line) {
    DownlinkPolicy policy;
    policy.update({1.7e6, 60e3, 0, true}, kStart);
    EXPECT_EQ(policy.level(), slides);
    return policy.update(line, kStart + 20s);
  };
  EXPECT_EQ(at_slides({60e3, 45e3, 0, true}), slides) << "the line carries them";
  EXPECT_EQ(at_slides({30e3, 26e3, 0, true}), slides) << "none was sent of late";
  EXPECT_EQ(at_slides({60e3, 38e3, 0, true}), sound) << "it is narrower than they are";
  EXPECT_EQ(at_slides({60e3, 45e3, 0.2, true}), sound) << "it loses";
}

TEST(DownlinkPolicy, a_line_without_room_for_redundant_sound_is_seldom_tried_with_more) {
  const auto seconds_to_180p = [](double estimate) {
    DownlinkPolicy policy;
    TimePoint now = kStart;
    policy.update({1.7e6, estimate, 0, true}, now);
    EXPECT_EQ(policy.level(), slides);
    int waited = 0;
    for (; policy.level() == slides && waited < 100; ++waited)
      policy.update({50e3, 70e3, 0, false}, now += 1s);
    return waited;
  };
  EXPECT_NEAR(seconds_to_180p(60e3), 30, 1);
  EXPECT_NEAR(seconds_to_180p(150e3), 10, 1);
}

TEST(DownlinkPolicy,
     a_queue_of_slides_alone_tells_that_a_line_is_narrow_and_its_failed_trials_are_far_apart) {
  DownlinkPolicy policy;
  TimePoint now = kStart;
  policy.update({1.7e6, 200e3, 0, true}, now);
  policy.update({200e3, 60e3, 0, true}, now += 1s);
  ASSERT_EQ(policy.level(), slides);
  const DownlinkPolicy::Line still{30e3, 0, 0, false};
  DownlinkPolicy::Line moving{55e3, 60e3, 0, false};
  moving.queued = true;
  std::vector<int> waits;
  for (int trial = 0; trial < 3; ++trial) {
    policy.update(moving, now += 5s);
    int waited = 0;
    for (; policy.level() == slides && waited < 200; ++waited) policy.update(still, now += 1s);
    waits.push_back(waited);
    ASSERT_EQ(policy.update({200e3, 60e3, 0, true}, now += 2s), slides);
  }
  EXPECT_GE(waits[0], 29);
  EXPECT_GE(waits[1], 59);
  EXPECT_GE(waits[2], 119);
}

TEST(DownlinkContent, sound_keeps_its_redundancy_at_any_level_of_a_line_that_loses_at_random) {
  for (const auto level : {DownlinkLevel::sound, DownlinkLevel::slides, DownlinkLevel::p180}) {
    EXPECT_EQ(content_of(level, false, true).sound, SoundKind::red) << name_of(level);
    EXPECT_EQ(content_of(level, true, true).main, content_of(level, true, false).main);
  }
}

}  // namespace
}  // namespace diemcau::mcu
