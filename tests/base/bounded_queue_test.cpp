#include "base/bounded_queue.hpp"

#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace diemcau {
namespace {

TEST(BoundedQueue, gives_back_in_the_order_it_took) {
  BoundedQueue<int> queue(4);
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(queue.try_push(int{i}));
  int out = 0;
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(queue.try_pop(out));
    EXPECT_EQ(out, i);
  }
  EXPECT_FALSE(queue.try_pop(out));
}

TEST(BoundedQueue, refuses_the_newest_when_full_and_leaves_it_whole) {
  BoundedQueue<std::unique_ptr<int>> queue(2);
  EXPECT_TRUE(queue.try_push(std::make_unique<int>(1)));
  EXPECT_TRUE(queue.try_push(std::make_unique<int>(2)));
  auto third = std::make_unique<int>(3);
  EXPECT_FALSE(queue.try_push(std::move(third)));
  ASSERT_NE(third, nullptr);
  EXPECT_EQ(*third, 3);
}

TEST(BoundedQueue, rounds_its_capacity_up_to_a_power_of_two) {
  EXPECT_EQ(BoundedQueue<int>(0).capacity(), 2u);
  EXPECT_EQ(BoundedQueue<int>(5).capacity(), 8u);
  EXPECT_EQ(BoundedQueue<int>(8).capacity(), 8u);
}

TEST(BoundedQueue, lets_go_of_what_was_taken_out) {
  BoundedQueue<std::shared_ptr<int>> queue(2);
  auto held = std::make_shared<int>(1);
  EXPECT_TRUE(queue.try_push(std::shared_ptr<int>(held)));
  std::shared_ptr<int> out;
  ASSERT_TRUE(queue.try_pop(out));
  out.reset();
  EXPECT_EQ(held.use_count(), 1);
}

TEST(BoundedQueue, loses_and_doubles_nothing_between_many_threads) {
  constexpr int kThreads = 3, kEach = 20'000;
  BoundedQueue<int> queue(256);
  std::vector<std::atomic<int>> seen(kThreads * kEach);
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i)
        while (!queue.try_push(t * kEach + i)) std::this_thread::yield();
    });
    threads.emplace_back([&] {
      int value = 0;
      while (taken.load() < kThreads * kEach) {
        if (queue.try_pop(value)) {
          seen[static_cast<std::size_t>(value)].fetch_add(1);
          taken.fetch_add(1);
        } else {
          std::this_thread::yield();
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& count : seen) ASSERT_EQ(count.load(), 1);
}

}  // namespace
}  // namespace diemcau
