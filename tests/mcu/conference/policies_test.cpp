#include <gtest/gtest.h>

#include "mcu/conference/rendition_policy.hpp"
#include "mcu/conference/speaker_policy.hpp"

namespace diemcau::mcu {
namespace {

using namespace std::chrono_literals;
using media::Quality;
constexpr TimePoint kStart{1h};

TEST(SpeakerPolicy, a_first_voice_takes_the_stage_after_300_ms) {
  SpeakerPolicy policy;
  policy.on_heard({"a"}, kStart);
  EXPECT_EQ(policy.current(kStart + 299ms), std::nullopt);
  EXPECT_EQ(policy.current(kStart + 300ms), "a");
}

TEST(SpeakerPolicy, a_cough_does_not_take_the_stage) {
  SpeakerPolicy policy;
  policy.on_heard({"a"}, kStart);
  EXPECT_EQ(policy.current(kStart + 3s), "a");
  policy.on_heard({"b", "a"}, kStart + 3s);
  EXPECT_EQ(policy.current(kStart + 3400ms), "a");
  policy.on_heard({"a"}, kStart + 3500ms);
  EXPECT_EQ(policy.current(kStart + 5s), "a");
}

TEST(SpeakerPolicy, who_is_louder_for_800_ms_takes_over_but_not_before_the_hold_is_over) {
  SpeakerPolicy policy;
  policy.on_heard({"a"}, kStart);
  ASSERT_EQ(policy.current(kStart + 300ms), "a");
  policy.on_heard({"b"}, kStart + 400ms);
  EXPECT_EQ(policy.current(kStart + 1300ms), "a");
  EXPECT_EQ(policy.current(kStart + 2300ms), "b");
}

TEST(SpeakerPolicy, a_pause_keeps_the_stage_for_8_s) {
  SpeakerPolicy policy;
  policy.on_heard({"a"}, kStart);
  ASSERT_EQ(policy.current(kStart + 1s), "a");
  policy.on_heard({}, kStart + 2s);
  EXPECT_EQ(policy.current(kStart + 9s), "a");
  EXPECT_EQ(policy.current(kStart + 10s), std::nullopt);
}

TEST(SpeakerPolicy, who_leaves_loses_the_stage_at_once) {
  SpeakerPolicy policy;
  policy.on_heard({"a"}, kStart);
  ASSERT_EQ(policy.current(kStart + 1s), "a");
  policy.forget("a");
  EXPECT_EQ(policy.current(kStart + 1s), std::nullopt);
}

RenditionPolicy::Line clean() {
  return {1'500'000, 2'000'000, 0.0};
}
RenditionPolicy::Line lossy() {
  return {1'500'000, 0, 0.2};
}
RenditionPolicy::Line choked() {
  return {1'500'000, 500'000, 0.0};
}

TEST(RenditionPolicy, a_clean_line_keeps_720) {
  RenditionPolicy policy;
  for (int s = 0; s < 60; ++s) EXPECT_EQ(policy.update(clean(), kStart + s * 1s), Quality::p720);
}

TEST(RenditionPolicy, two_seconds_of_loss_or_choke_step_down_and_one_does_not) {
  for (const auto& bad : {lossy(), choked()}) {
    RenditionPolicy policy;
    EXPECT_EQ(policy.update(bad, kStart), Quality::p720);
    EXPECT_EQ(policy.update(clean(), kStart + 1s), Quality::p720);
    EXPECT_EQ(policy.update(bad, kStart + 2s), Quality::p720);
    EXPECT_EQ(policy.update(bad, kStart + 3s), Quality::p360);
  }
}

int seconds_until_trial(RenditionPolicy& policy, TimePoint& now) {
  int waited = 0;
  while (policy.update(clean(), now) == Quality::p360) {
    ++waited;
    now += 1s;
  }
  return waited;
}

TEST(RenditionPolicy, a_failed_trial_doubles_the_wait_for_the_next) {
  RenditionPolicy policy;
  TimePoint now = kStart;
  const auto choke = [&] {
    while (policy.update(lossy(), now) == Quality::p720) now += 1s;
  };
  choke();
  const int first = seconds_until_trial(policy, now);
  choke();
  const int second = seconds_until_trial(policy, now);
  EXPECT_NEAR(first, 10, 1);
  EXPECT_NEAR(second, 20, 1);
}

TEST(RenditionPolicy, a_static_picture_is_not_mistaken_for_a_choked_line) {
  RenditionPolicy policy;
  // REMB stays near what arrives; little is sent because nothing moves.
  for (int s = 0; s < 30; ++s)
    EXPECT_EQ(policy.update({60'000, 90'000, 0.0}, kStart + s * 1s), Quality::p720);
}

}  // namespace
}  // namespace diemcau::mcu
