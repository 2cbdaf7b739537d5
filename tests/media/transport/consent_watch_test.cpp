#include "media/transport/consent_watch.hpp"

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

using namespace std::chrono_literals;
using Step = ConsentWatch::Step;

constexpr TimePoint kStart{1h};

TEST(ConsentWatch, media_alone_keep_a_peer_for_thirty_seconds_after_its_last_answer) {
  ConsentWatch watch;
  watch.doubt(kStart);  // ten of them have passed
  EXPECT_EQ(watch.step(kStart + 19'999ms, kStart + 19'999ms), Step::check);
  EXPECT_EQ(watch.step(kStart + 20s, kStart + 20s), Step::over);
}

TEST(ConsentWatch, an_answer_keeps_it_for_another_thirty) {
  ConsentWatch watch;
  watch.doubt(kStart);
  watch.answered(kStart + 15s);
  EXPECT_EQ(watch.step(kStart + 44'999ms, kStart + 44s), Step::check);
  EXPECT_EQ(watch.step(kStart + 45s, kStart + 45s), Step::over);
}

TEST(ConsentWatch, a_silent_peer_is_gone_after_ten) {
  ConsentWatch watch;
  watch.doubt(kStart);
  EXPECT_EQ(watch.step(kStart + 5s, kStart - 4'999ms), Step::check);
  EXPECT_EQ(watch.step(kStart + 5s, kStart - 5s), Step::over);
}

TEST(ConsentWatch, asks_every_five_seconds_and_every_two_while_there_is_no_answer_never_in_step) {
  ConsentWatch watch;
  watch.doubt(kStart);
  EXPECT_EQ(watch.until_next(kStart, kStart, 0), 1'600ms);
  EXPECT_EQ(watch.until_next(kStart, kStart, 1), 2'400ms);
  watch.answered(kStart + 1s);
  EXPECT_EQ(watch.until_next(kStart + 1s, kStart + 1s, 0.5), 5s);
}

TEST(ConsentWatch, steps_at_the_very_moment_its_time_is_over) {
  ConsentWatch watch;
  watch.doubt(kStart);
  EXPECT_EQ(watch.until_next(kStart + 19s, kStart + 19s, 0.5), 1s);
  EXPECT_EQ(watch.until_next(kStart + 1s, kStart - 8'500ms, 0.5), 500ms);
  EXPECT_GT(watch.until_next(kStart + 25s, kStart + 25s, 0.5), Duration{});
}

}  // namespace
}  // namespace diemcau::media
