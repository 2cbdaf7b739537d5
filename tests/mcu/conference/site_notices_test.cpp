#include "mcu/conference/site_notices.hpp"

#include <set>

#include <gtest/gtest.h>

namespace diemcau::mcu {
namespace {

using media::NoticeKind;
using signaling::NoticeView;

TEST(SiteNotices, each_is_told_once_when_it_begins_and_once_when_it_ends) {
  SiteNotices notices;
  EXPECT_TRUE(notices.set("A/site", NoticeKind::echo, true));
  EXPECT_FALSE(notices.set("A/site", NoticeKind::echo, true));
  EXPECT_TRUE(notices.set("A/site", NoticeKind::camera_black, true));
  EXPECT_TRUE(notices.set("A/site", NoticeKind::echo, false));
  EXPECT_FALSE(notices.set("A/site", NoticeKind::echo, false));
  EXPECT_FALSE(notices.set("B/site", NoticeKind::camera_black, false));
}

TEST(SiteNotices, a_site_sees_its_own_and_a_manager_all) {
  SiteNotices notices;
  notices.set("B/site", NoticeKind::microphone_clipping, true);
  notices.set("A/site", NoticeKind::echo, true);
  EXPECT_EQ(notices.of("A/site"), (std::vector<NoticeView>{{"A/site", "echo"}}));
  EXPECT_EQ(notices.of(std::nullopt),
            (std::vector<NoticeView>{{"A/site", "echo"}, {"B/site", "microphone.clipping"}}));
  EXPECT_TRUE(notices.of("C/site").empty());
}

TEST(SiteNotices, a_silent_microphone_is_told_of_whoever_has_the_floor_after_a_while) {
  using std::chrono::seconds;
  SiteNotices notices;
  TimePoint now{seconds(1000)};
  notices.hear_silence("A/site", true);
  notices.hear_silence("B/site", true);
  EXPECT_TRUE(notices.follow(std::nullopt, now += seconds(60)).empty()) << "it only listens";
  EXPECT_TRUE(notices.follow("A/site", now += seconds(1)).empty());
  EXPECT_TRUE(notices.follow("A/site", now += seconds(7)).empty()) << "it may yet begin";
  const auto told = notices.follow("A/site", now += seconds(1));
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].first, (NoticeView{"A/site", "microphone.silent"}));
  EXPECT_TRUE(told[0].second);
  EXPECT_TRUE(notices.follow("A/site", now += seconds(1)).empty()) << "told once";
  notices.hear_silence("A/site", false);
  const auto over = notices.follow("A/site", now += seconds(1));
  ASSERT_EQ(over.size(), 1U);
  EXPECT_FALSE(over[0].second);
}

TEST(SiteNotices, a_silent_microphone_ends_with_the_floor) {
  using std::chrono::seconds;
  SiteNotices notices;
  TimePoint now{seconds(1000)};
  notices.hear_silence("A/site", true);
  notices.follow("A/site", now);
  EXPECT_EQ(notices.follow("A/site", now += seconds(9)).size(), 1U);
  const auto over = notices.follow("B/site", now += seconds(1));
  ASSERT_EQ(over.size(), 1U);
  EXPECT_FALSE(over[0].second);
}

TEST(SiteNotices, end_with_the_connection) {
  SiteNotices notices;
  notices.set("A/site", NoticeKind::echo, true);
  notices.set("A/site", NoticeKind::camera_frozen, true);
  notices.set("B/site", NoticeKind::echo, true);
  EXPECT_EQ(notices.forget("A/site"),
            (std::vector<NoticeKind>{NoticeKind::echo, NoticeKind::camera_frozen}));
  EXPECT_TRUE(notices.forget("A/site").empty());
  EXPECT_EQ(notices.of(std::nullopt).size(), 1U);
}

TEST(SiteNotices, every_kind_has_a_name_of_its_own) {
  std::set<std::string> names;
  for (const auto kind : {NoticeKind::microphone_silent, NoticeKind::microphone_clipping,
                          NoticeKind::echo, NoticeKind::camera_black, NoticeKind::camera_frozen})
    names.insert(name_of(kind));
  EXPECT_EQ(names.size(), 5U);
}

}  // namespace
}  // namespace diemcau::mcu
