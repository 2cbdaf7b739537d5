#include "media/mix/key_frame_wish.hpp"

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

using namespace std::chrono_literals;
constexpr TimePoint kT{std::chrono::hours(1)};

TEST(KeyFrameWish, asks_nothing_while_nothing_is_wanted) {
  KeyFrameWish wish;
  EXPECT_FALSE(wish.due(kT));
}

TEST(KeyFrameWish, asks_at_once_and_again_while_none_came) {
  KeyFrameWish wish;
  wish.want();
  EXPECT_TRUE(wish.due(kT));
  EXPECT_FALSE(wish.due(kT + 499ms));
  EXPECT_TRUE(wish.due(kT + 500ms));
}

TEST(KeyFrameWish, a_new_loss_asks_sooner_but_never_within_200_ms) {
  KeyFrameWish wish;
  wish.want();
  EXPECT_TRUE(wish.due(kT));
  wish.fulfilled();
  EXPECT_FALSE(wish.due(kT + 600ms));
  wish.want();
  EXPECT_TRUE(wish.due(kT + 700ms));
  wish.fulfilled();
  wish.want();
  EXPECT_FALSE(wish.due(kT + 899ms));
  EXPECT_TRUE(wish.due(kT + 900ms));
}

}  // namespace
}  // namespace diemcau::media
