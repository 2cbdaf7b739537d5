#include "media/mix/audio_ranking.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

struct Meeting {
  SpeakerRanking ranking{2};
  TimePoint now{std::chrono::hours(1)};
  std::vector<std::uint64_t> tick(std::vector<float> levels) {
    now += std::chrono::milliseconds(20);
    std::vector<RankedSource> sources;
    for (std::size_t i = 0; i < levels.size(); ++i)
      sources.push_back({SourceId{i + 1}, levels[i], levels[i] > -127});
    std::vector<std::uint64_t> ids;
    for (const auto& s : ranking.update(sources, now)) ids.push_back(s.source.value);
    return ids;
  }
  std::vector<std::uint64_t> ticks(int n, const std::vector<float>& levels) {
    std::vector<std::uint64_t> ids;
    for (int i = 0; i < n; ++i) ids = tick(levels);
    return ids;
  }
};
using Ids = std::vector<std::uint64_t>;

TEST(SpeakerRanking, hears_the_loudest_and_names_them_in_order) {
  Meeting m;
  EXPECT_EQ(m.tick({-40, -20, -30}), (Ids{2, 3}));
}

TEST(SpeakerRanking, a_free_seat_is_taken_at_once) {
  Meeting m;
  EXPECT_EQ(m.tick({-30, -127, -127}), (Ids{1}));
  EXPECT_EQ(m.tick({-30, -50, -127}), (Ids{1, 2}));
}

TEST(SpeakerRanking, what_is_inaudible_is_not_heard) {
  Meeting m;
  EXPECT_EQ(m.tick({-70, -127, -127}), Ids{});
}

TEST(SpeakerRanking, a_slightly_louder_source_does_not_take_a_seat) {
  Meeting m;
  m.ticks(100, {-30, -30, -127});
  EXPECT_EQ(m.ticks(500, {-30, -30, -28}), (Ids{1, 2}));
}

TEST(SpeakerRanking, a_louder_one_does_after_a_moment) {
  Meeting m;
  m.ticks(100, {-30, -35, -127});
  EXPECT_EQ(m.tick({-30, -35, -30}), (Ids{1, 2}));
  EXPECT_EQ(m.ticks(10, {-30, -35, -30}), (Ids{1, 3}));
}

TEST(SpeakerRanking, a_short_cough_takes_nobodys_seat) {
  Meeting m;
  m.ticks(100, {-30, -30, -127});
  for (int i = 0; i < 50; ++i) {
    m.ticks(3, {-30, -30, -24});
    EXPECT_EQ(m.ticks(20, {-30, -30, -50}), (Ids{1, 2}));
  }
}

TEST(SpeakerRanking, two_of_equal_level_do_not_swap_for_ever) {
  Meeting m;
  int changes = 0;
  Ids before = m.tick({-30, -30, -30});
  for (int i = 0; i < 1'000; ++i) {
    const float wobble = i % 2 == 0 ? 2.0F : -2.0F;
    auto after = m.tick({-30, -30 + wobble, -30 - wobble});
    std::sort(after.begin(), after.end());
    if (after != before) ++changes;
    before = after;
  }
  EXPECT_LE(changes, 1);
}

TEST(SpeechLevel, rises_fast_and_falls_slowly) {
  SpeechLevel level;
  for (int i = 0; i < 5; ++i) level.tick(-30.0F);
  EXPECT_GT(level.dbov(), -40);
  for (int i = 0; i < 5; ++i) level.tick(std::nullopt);
  EXPECT_GT(level.dbov(), -65);
  for (int i = 0; i < 100; ++i) level.tick(std::nullopt);
  EXPECT_LT(level.dbov(), -120);
}

}  // namespace
}  // namespace diemcau::media
