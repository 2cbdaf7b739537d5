// A site that was told to be silent and sends sound all the same. Opus leaves some noise of one
// tone at the other's frequency: −60 dB of full scale is nobody.

#include <gtest/gtest.h>

#include "tests/mcu/live/live_page.hpp"
#include "tests/support/tone.hpp"

namespace diemcau::test {
namespace {

constexpr int kStubborn = 440, kSpeaker = 1000;  // Hz
constexpr std::size_t kHalfSecond = 24'000;

/// In dB of full scale, over the half second to come.
double heard(LiveSite& listener, int hz) {
  return tone_level_db(listener.ear().next(kHalfSecond), hz);
}
/// Mutes and calls take a moment to reach the ear: at most ten half seconds.
bool comes(LiveSite& listener, int hz) {
  for (int i = 0; i < 10; ++i)
    if (heard(listener, hz) > -30) return true;
  return false;
}
bool goes(LiveSite& listener, int hz) {
  for (int i = 0; i < 10; ++i)
    if (heard(listener, hz) < -60) return true;
  return false;
}

TEST(HardMute, a_site_that_sends_sound_anyway_is_heard_by_nobody_until_it_is_called) {
  const auto meeting = LiveMeeting::from_environment("sound");
  LiveMedia media;
  auto stubborn_tone = make_tone_loop(kStubborn), speaker_tone = make_tone_loop(kSpeaker);
  ASSERT_TRUE(stubborn_tone && speaker_tone);
  LivePage chair(meeting, meeting.credentials("chair"));
  LiveSite stubborn(meeting, media, meeting.credentials("site")),
      speaker(meeting, media, meeting.credentials("holder")),
      listener(meeting, media, meeting.credentials("spare"));
  speaker.sound(*speaker_tone);
  stubborn.sound(*stubborn_tone);
  ASSERT_TRUE(comes(listener, kStubborn)) << "not muted: everybody hears it";
  ASSERT_TRUE(comes(listener, kSpeaker));

  ASSERT_EQ(chair.answer_to({{"type", "mute"}, {"seat", stubborn.seat()}, {"muted", true}}), "ok");
  ASSERT_TRUE(goes(listener, kStubborn));
  // Whatever it says of itself.
  stubborn.send({{"type", "media"}, {"microphone", true}, {"camera", false}, {"screen", false}});
  EXPECT_EQ(stubborn.answer_to({{"type", "floor.request"}}), "ok");
  EXPECT_EQ(stubborn.answer_to({{"type", "floor.call"}, {"seat", stubborn.seat()}}),
            "auth.forbidden");
  EXPECT_EQ(stubborn.answer_to({{"type", "mute"}, {"seat", stubborn.seat()}, {"muted", false}}),
            "auth.forbidden");
  for (int i = 0; i < 4; ++i) {
    const auto sound = listener.ear().next(kHalfSecond);
    ASSERT_EQ(sound.size(), kHalfSecond);
    EXPECT_LT(tone_level_db(sound, kStubborn), -60);
    EXPECT_GT(tone_level_db(sound, kSpeaker), -30) << "the others are heard as before";
  }
  EXPECT_LT(heard(speaker, kStubborn), -60) << "nor in the mix of who speaks";

  ASSERT_EQ(chair.answer_to({{"type", "room.mute_all"}}), "ok");
  ASSERT_TRUE(goes(listener, kSpeaker));
  EXPECT_LT(heard(listener, kStubborn), -60);
  ASSERT_EQ(chair.answer_to({{"type", "floor.call"}, {"seat", stubborn.seat()}}), "ok");
  EXPECT_TRUE(comes(listener, kStubborn)) << "the same packets, once it has the floor";
  EXPECT_LT(heard(listener, kSpeaker), -60);
  ASSERT_EQ(chair.answer_to({{"type", "floor.end"}}), "ok");
  EXPECT_TRUE(goes(listener, kStubborn));
  ASSERT_EQ(chair.answer_to({{"type", "room.unmute_all"}}), "ok");
  EXPECT_TRUE(comes(listener, kSpeaker));
  EXPECT_TRUE(comes(listener, kStubborn)) << "all means all";
}

}  // namespace
}  // namespace diemcau::test
