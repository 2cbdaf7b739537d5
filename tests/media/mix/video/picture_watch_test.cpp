#include "media/mix/picture_watch.hpp"

#include <chrono>
#include <random>

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class PictureWatchTest : public ::testing::Test {
 protected:
  /// Luma `mean` give or take `spread`, anew for each picture when `moving`.
  void show(int mean, int spread, Duration length, bool moving = true) {
    for (Duration t{}; t < length; t += milliseconds(200)) {
      if (moving || !drawn_) {
        std::uniform_int_distribution<int> luma(mean - spread, mean + spread);
        const auto span = picture_.span();
        for (int y = 0; y < span.height; ++y)
          for (int x = 0; x < span.width; ++x)
            span.data[0][y * span.stride[0] + x] = static_cast<std::uint8_t>(luma(random_));
        drawn_ = true;
      }
      if (watch_.look(picture_.view(), now_ += milliseconds(200))) ++changes_;
    }
  }
  PictureWatch watch_;
  I420Buffer picture_{Size{320, 180}};
  TimePoint now_{seconds(100)};
  std::minstd_rand random_{1};
  bool drawn_ = false;
  int changes_ = 0;
};

TEST_F(PictureWatchTest, ALensCoverIsBlackAfterFiveSeconds) {
  show(17, 1, seconds(4));
  EXPECT_FALSE(watch_.black());
  show(17, 1, seconds(4));
  EXPECT_TRUE(watch_.black());
  EXPECT_EQ(changes_, 1);
}

TEST_F(PictureWatchTest, ADimHallIsNotBlackAndNeitherIsADarkSlideWithText) {
  show(40, 10, seconds(20));
  EXPECT_FALSE(watch_.black());
  show(22, 6, seconds(3));
  show(20, 20, seconds(20));
  EXPECT_FALSE(watch_.black());
}

TEST_F(PictureWatchTest, BlackEndsOnlyWhenSomethingIsReallySeen) {
  show(17, 1, seconds(8));
  show(26, 1, seconds(8));  // a little light
  EXPECT_TRUE(watch_.black());
  show(60, 20, seconds(2));
  EXPECT_FALSE(watch_.black());
}

TEST_F(PictureWatchTest, APictureThatDoesNotChangeAtAllIsFrozenAfterHalfAMinute) {
  show(100, 50, seconds(25), false);
  EXPECT_FALSE(watch_.frozen());
  show(100, 50, seconds(8), false);
  EXPECT_TRUE(watch_.frozen());
  EXPECT_FALSE(watch_.black());
  show(100, 50, seconds(2));
  EXPECT_FALSE(watch_.frozen());
}

TEST_F(PictureWatchTest, AStillHallWithACamerasNoiseIsNotFrozen) {
  show(100, 1, seconds(120));
  EXPECT_FALSE(watch_.frozen());
}

TEST_F(PictureWatchTest, OfABlackPictureOnlyThatIsSaid) {
  show(16, 0, seconds(60), false);
  EXPECT_TRUE(watch_.black());
  EXPECT_FALSE(watch_.frozen());
}

TEST_F(PictureWatchTest, APictureTooSmallToSayAnythingIsLeftAlone) {
  const I420Buffer small{Size{16, 16}};
  EXPECT_FALSE(watch_.look(small.view(), now_));
}

}  // namespace
}  // namespace diemcau::media
