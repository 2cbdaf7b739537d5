// Halls whose loudspeaker reaches their microphone, in closed loop and simulated time: the mix as a
// hall hears it comes back 150 ms later as what it sends. Speech by espeak-ng, through Opus.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "media/mix/loudness_leveller.hpp"
#include "tests/media/mix/audio/hall.hpp"
#include "tests/media/mix/audio/speech.hpp"

namespace diemcau::media::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Room {
  Duration delay = milliseconds(150);  // loudspeaker to microphone, sound cards and all
  float gain = 0.95F;
  double reverberation = 0;  // seconds until 60 dB down; 0: none
};

double in_seconds(Duration d) {
  return std::chrono::duration<double>(d).count();
}

class EchoOfHalls : public ::testing::Test {
 protected:
  void SetUp() override {
    if (speaker(0).empty()) GTEST_SKIP() << "NOT TESTED: espeak-ng is not installed";
    hall.listen(0);
  }
  void speaks(std::uint64_t id, unsigned voice, double lufs = -23) {
    MicrophoneOptions options;
    options.sound = at_loudness(speaker(voice), lufs);
    options.amplitude = 1;
    hall.join(id, options);
    hall.listen(id);
  }
  /// A site that sends only what its loudspeaker plays.
  void loops(std::uint64_t id, Room room = {}) {
    auto& line = lines[id];
    line.assign(static_cast<std::size_t>(to_samples(room.delay)), 0.0F);
    std::vector<float> response{1};
    if (room.reverberation > 0) {
      std::mt19937 random(static_cast<unsigned>(id));
      std::normal_distribution<float> normal;
      response.assign(static_cast<std::size_t>(room.reverberation * 100), 0);  // a tap per 10 ms
      float energy = 0;
      for (std::size_t i = 0; i < response.size(); ++i) {
        response[i] = normal(random) * std::pow(10.0F, -3.0F * static_cast<float>(i) /
                                                           static_cast<float>(response.size()));
        energy += response[i] * response[i];
      }
      for (float& tap : response) tap /= std::sqrt(energy);
    }
    past[id].assign(response.size() * 480, 0.0F);
    hall.listen(id);
    hall.join(id, {}).microphone->set_source([this, id, room, response](std::span<float> out) {
      auto& queue = lines[id];
      for (float& s : out) {
        float direct = 0;
        if (!queue.empty()) {
          direct = queue.front();
          queue.pop_front();
        }
        auto& before = past[id];
        before.pop_back();
        before.push_front(direct);
        float sum = 0;
        for (std::size_t tap = 0; tap < response.size(); ++tap)
          sum += response[tap] * before[tap * 480];
        s = std::clamp(room.gain * sum, -1.0F, 1.0F);
      }
    });
  }
  void run(Duration length) {
    for (Duration t{}; t < length; t += milliseconds(20)) {
      hall.tick();
      for (auto& [id, line] : lines) {
        const auto heard = hall.listener(id).last(kTickSamples);
        if (!cut.contains(id)) line.insert(line.end(), heard.begin(), heard.end());
      }
      for (const auto& notice : hall.core->take_notices()) {
        if (notice.kind != NoticeKind::echo)
          continue;  // a hall cut off falls silent, and that is told
        notices.push_back(notice);
        if (notice.active && !found.contains(notice.source.value))
          found[notice.source.value] = hall.now - hall.start;
      }
    }
  }
  double heard_by(std::uint64_t id, Duration last) {
    return diemcau::test::level_db(
        hall.listener(id).last(static_cast<std::size_t>(to_samples(last))));
  }

  Hall hall;
  std::map<std::uint64_t, std::deque<float>> lines, past;
  std::map<std::uint64_t, bool> cut;  // the loudspeaker was turned off
  std::vector<MediaNotice> notices;
  std::map<std::uint64_t, Duration> found;  // since the start
};

TEST_F(EchoOfHalls, AHallThatReplaysWhatItHearsIsFoundWithin3SecondsAndHeldBack) {
  speaks(1, 0);
  loops(2);
  run(seconds(3));
  ASSERT_TRUE(found.contains(2));
  std::printf("found after %.2f s\n", in_seconds(found[2]));
  EXPECT_LE(found[2], seconds(3));
  run(seconds(1));
  run(seconds(6));
  EXPECT_FALSE(found.contains(1)) << "who speaks is no echo";
  // Who speaks hears the mix without itself: nothing but the echo.
  EXPECT_LT(heard_by(1, seconds(6)), -50);
  EXPECT_NEAR(loudness(hall.listener(0).last(6 * kAudioRate)), LoudnessGain::kTarget, 2);
}

TEST_F(EchoOfHalls, TwoHallsThatFeedEachOtherDoNotHowl) {
  speaks(1, 1);
  loops(2, {milliseconds(150), 1.0F, 0});
  loops(3, {milliseconds(190), 1.0F, 0});
  run(seconds(4));
  ASSERT_TRUE(found.contains(2) && found.contains(3));
  std::printf("found after %.2f s and %.2f s\n", in_seconds(found[2]), in_seconds(found[3]));
  EXPECT_LE(std::min(found[2], found[3]), seconds(3));
  for (const float s : hall.listener(0).heard) ASSERT_LT(std::fabs(s), 1.0F);
  run(seconds(5));
  EXPECT_LT(heard_by(1, seconds(4)), -45);
  hall.sites.at(1).microphone->set_silent(true);
  run(seconds(3));
  for (const std::uint64_t id : {0, 1, 2, 3}) EXPECT_LT(heard_by(id, seconds(1)), -60) << id;
}

TEST_F(EchoOfHalls, AReverberantHallIsFoundToo) {
  speaks(1, 2);
  loops(2, {milliseconds(253), 0.8F, 0.7});
  run(seconds(6));
  ASSERT_TRUE(found.contains(2));
  std::printf("found after %.2f s\n", in_seconds(found[2]));
  EXPECT_LT(heard_by(1, seconds(1)), -45);
}

TEST_F(EchoOfHalls, AHallWithAnEchoIsStillHeardWhenItSpeaks) {
  speaks(1, 3);
  loops(2);
  run(seconds(5));
  ASSERT_TRUE(found.contains(2));
  hall.sites.at(1).microphone->set_silent(true);
  run(seconds(2));
  hall.sites.at(2).microphone->set_source({});
  hall.sites.at(2).microphone->set_sound(at_loudness(speaker(4), -20));
  hall.sites.at(2).microphone->set_amplitude(1);
  cut[2] = true;
  run(seconds(6));
  EXPECT_NEAR(loudness(hall.listener(1).last(4 * kAudioRate)), LoudnessGain::kTarget, 3);
}

/// A browser's buffers grow with jitter and shrink again.
TEST_F(EchoOfHalls, AnEchoWhoseDelayChangesStaysHeldBack) {
  speaks(1, 1);
  loops(2);
  run(seconds(5));
  ASSERT_TRUE(found.contains(2));
  const auto jump = static_cast<std::ptrdiff_t>(to_samples(milliseconds(450)));
  lines[2].insert(lines[2].begin(), static_cast<std::size_t>(jump), 0.0F);
  run(seconds(12));
  EXPECT_LT(heard_by(1, seconds(8)), -45);
  lines[2].erase(lines[2].begin(), lines[2].begin() + jump);
  run(seconds(12));
  EXPECT_LT(heard_by(1, seconds(8)), -45);
  EXPECT_EQ(notices.size(), 1u) << "never given up";
}

TEST_F(EchoOfHalls, TheNoticeEndsOnceNothingComesBack) {
  speaks(1, 5);
  loops(2);
  run(seconds(4));
  ASSERT_TRUE(found.contains(2));
  cut[2] = true;
  run(seconds(65));
  ASSERT_EQ(notices.size(), 2u);
  EXPECT_EQ(notices.back(), (MediaNotice{{2}, NoticeKind::echo, false}));
}

TEST_F(EchoOfHalls, PeopleWhoTalkAtOnceAreNoEcho) {
  for (unsigned i = 0; i < 5; ++i) speaks(i + 1, i, -23 - static_cast<double>(i));
  run(seconds(60));
  EXPECT_TRUE(notices.empty());
}

TEST_F(EchoOfHalls, TwoWhoTalkAtOnceAreNoEcho) {
  for (unsigned pair = 0; pair < 5; ++pair) {
    speaks(2 * pair + 1, pair);
    speaks(2 * pair + 2, 9 - pair, -26);
    run(seconds(20));
    EXPECT_TRUE(notices.empty()) << "pair " << pair;
    notices.clear();
    for (const std::uint64_t id : {2 * pair + 1, 2 * pair + 2}) {
      hall.leave(id);
      hall.listeners.erase(id);
    }
  }
}

TEST_F(EchoOfHalls, QuestionAndAnswerAreNoEcho) {
  speaks(1, 6);
  speaks(2, 7);
  for (int turn = 0; turn < 20; ++turn) {
    hall.sites.at(1).microphone->set_silent(turn % 2 == 1);
    hall.sites.at(2).microphone->set_silent(turn % 2 == 0);
    run(milliseconds(1'500 + 170 * (turn % 7)));
  }
  EXPECT_TRUE(notices.empty());
}

TEST_F(EchoOfHalls, TheSameToneFromTwoSitesIsNoEcho) {
  for (const bool syllables : {false, true}) {
    MicrophoneOptions tone;
    tone.syllables = syllables;
    for (const std::uint64_t id : {1, 2}) {
      hall.join(id, tone);
      hall.listeners.erase(id);
      hall.listen(id);
    }
    run(seconds(15));
    EXPECT_TRUE(notices.empty()) << (syllables ? "swelling" : "steady");
    hall.leave(1);
    hall.leave(2);
    run(seconds(4));
  }
}

TEST_F(EchoOfHalls, OneBreakThatAllHaveInCommonIsNoEcho) {
  // A machine that stands still for a moment cuts a hole in the sound of all sites, each a little
  // later than the one before: alike, and no proof of anything.
  const double tones[] = {500, 900, 1600};
  for (std::uint64_t id = 1; id <= 3; ++id) {
    MicrophoneOptions tone;
    tone.frequency = tones[id - 1];
    hall.join(id, tone);
    hall.listen(id);
  }
  run(seconds(5));
  for (const auto length : {80, 160, 320, 640}) {
    for (const auto apart : {20, 60, 120, 240}) {
      for (int t = 0; t < length + 2 * apart; t += 20) {
        for (std::uint64_t id = 1; id <= 3; ++id) {
          const int since = t - static_cast<int>(id - 1) * apart;
          hall.sites.at(id).microphone->set_silent(since >= 0 && since < length);
        }
        run(milliseconds(20));
      }
      for (std::uint64_t id = 1; id <= 3; ++id) hall.sites.at(id).microphone->set_silent(false);
      run(seconds(6));
      EXPECT_TRUE(notices.empty()) << length << " ms, " << apart << " ms apart";
      notices.clear();
    }
  }
}

}  // namespace
}  // namespace diemcau::media::test
