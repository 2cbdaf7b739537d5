// Microphones that are switched off at their stand or recorded too loud, through Opus and the mix.

#include <vector>

#include <gtest/gtest.h>

#include "tests/media/mix/audio/hall.hpp"
#include "tests/media/mix/audio/speech.hpp"

namespace diemcau::media::test {
namespace {

using std::chrono::seconds;
using Notices = std::vector<MediaNotice>;

TEST(TroublesOfMicrophones, ASilentOneIsNoticedAfterEightSecondsAndEndsWithTheFirstSound) {
  Hall hall;
  MicrophoneOptions dead;
  dead.amplitude = 0;
  auto& site = hall.join(1, dead);
  hall.join(2, {});
  hall.run(seconds(7));
  EXPECT_EQ(hall.core->take_notices(), Notices{});
  hall.run(seconds(4));
  EXPECT_EQ(hall.core->take_notices(), (Notices{{{1}, NoticeKind::microphone_silent, true}}));
  site.microphone->set_amplitude(0.3);
  hall.run(seconds(2));
  EXPECT_EQ(hall.core->take_notices(), (Notices{{{1}, NoticeKind::microphone_silent, false}}));
}

TEST(TroublesOfMicrophones, AClosedOneIsNotSilent) {
  Hall hall;
  MicrophoneOptions dead;
  dead.amplitude = 0;
  hall.join(1, dead).input->set_gate(false);
  hall.run(seconds(30));
  EXPECT_EQ(hall.core->take_notices(), Notices{});
}

TEST(TroublesOfMicrophones, OneRecordedFarTooLoudIsNoticedAndALoudCleanOneIsNot) {
  auto speech = speaker(3);
  if (speech.empty()) GTEST_SKIP() << "NOT TESTED: espeak-ng is not installed";
  Hall hall;
  MicrophoneOptions loud;
  loud.amplitude = 1;
  loud.sound = at_loudness(speech, -3);
  hall.join(1, loud);
  loud.sound = at_loudness(speaker(4), -18);
  hall.join(2, loud);
  hall.run(seconds(15));
  EXPECT_EQ(hall.core->take_notices(), (Notices{{{1}, NoticeKind::microphone_clipping, true}}));
}

}  // namespace
}  // namespace diemcau::media::test
