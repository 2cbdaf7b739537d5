#include "media/mix/frame_slot.hpp"

#include <memory>
#include <thread>

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

TEST(FrameSlot, gives_the_latest_and_only_once) {
  FrameSlot<int> slot;
  int out = -1;
  EXPECT_FALSE(slot.take(out));
  slot.put(1);
  slot.put(2);
  slot.put(3);
  ASSERT_TRUE(slot.take(out));
  EXPECT_EQ(out, 3);
  EXPECT_FALSE(slot.take(out));
  EXPECT_EQ(out, 3);
}

TEST(FrameSlot, releases_what_was_overtaken) {
  FrameSlot<std::shared_ptr<int>> slot;
  auto first = std::make_shared<int>(1);
  std::weak_ptr<int> watch = first;
  slot.put(std::move(first));
  slot.put(std::make_shared<int>(2));
  EXPECT_TRUE(watch.expired());
}

TEST(FrameSlot, never_tears_nor_goes_back_between_two_threads) {
  constexpr int kLast = 50'000;
  FrameSlot<std::shared_ptr<int>> slot;
  std::thread writer([&] {
    for (int i = 1; i <= kLast; ++i) slot.put(std::make_shared<int>(i));
  });
  int last = 0;
  while (last != kLast) {
    std::shared_ptr<int> out;
    if (!slot.take(out)) continue;
    ASSERT_NE(out, nullptr);
    ASSERT_GT(*out, last);
    last = *out;
  }
  writer.join();
}

}  // namespace
}  // namespace diemcau::media
