#include <gtest/gtest.h>

#include "mcu/conference/speaker_policy.hpp"

namespace diemcau::mcu {
namespace {

using namespace std::chrono_literals;
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

}  // namespace
}  // namespace diemcau::mcu
