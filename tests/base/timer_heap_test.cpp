#include "base/timer_heap.hpp"

#include <map>
#include <memory>
#include <random>

#include <gtest/gtest.h>

namespace diemcau {
namespace {

TimePoint at(int ms) {
  return TimePoint{} + std::chrono::milliseconds(ms);
}

struct TimerHeapTest : testing::Test {
  TimerHeap heap;
  std::vector<int> fired;
  TimerHeap::TimerId add(int ms, int name) {
    return heap.add(at(ms), [this, name] { fired.push_back(name); });
  }
  void fire(int ms) {
    const auto mark = heap.mark();
    while (auto task = heap.pop_due(at(ms), mark)) task();
  }
};

TEST_F(TimerHeapTest, fires_in_order_of_time_and_then_of_arrival) {
  add(30, 3);
  add(10, 1);
  add(20, 2);
  add(10, 11);
  EXPECT_EQ(heap.next(), at(10));
  fire(20);
  EXPECT_EQ(fired, (std::vector<int>{1, 11, 2}));
  EXPECT_EQ(heap.size(), 1u);
}

TEST_F(TimerHeapTest, does_not_fire_what_was_cancelled) {
  const auto one = add(10, 1);
  add(20, 2);
  EXPECT_TRUE(heap.cancel(one));
  EXPECT_FALSE(heap.cancel(one));
  EXPECT_EQ(heap.next(), at(20));
  fire(100);
  EXPECT_EQ(fired, std::vector<int>{2});
}

TEST_F(TimerHeapTest, does_not_mistake_an_old_id_for_a_new_timer) {
  const auto old = add(10, 1);
  fire(10);
  add(20, 2);  // takes the same slot
  EXPECT_FALSE(heap.cancel(old));
  fire(20);
  EXPECT_EQ(fired, (std::vector<int>{1, 2}));
  EXPECT_FALSE(heap.cancel(0));
  EXPECT_FALSE(heap.cancel(~TimerHeap::TimerId{0}));
}

TEST_F(TimerHeapTest, leaves_a_timer_armed_by_a_timer_to_the_next_round) {
  int runs = 0;
  std::function<void()> again = [&] {
    ++runs;
    heap.add(at(10), [&] { again(); });
  };
  heap.add(at(10), [&] { again(); });
  fire(10);
  EXPECT_EQ(runs, 1);
  fire(10);
  EXPECT_EQ(runs, 2);
}

TEST_F(TimerHeapTest, lets_go_of_what_a_cancelled_timer_held_at_once) {
  auto held = std::make_shared<int>(1);
  const auto id = heap.add(at(10), [held] {});
  EXPECT_EQ(held.use_count(), 2);
  heap.cancel(id);
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(TimerHeapTest, agrees_with_an_ordered_map_over_random_use) {
  std::mt19937 random(3);
  std::map<TimerHeap::TimerId, int> expected;
  for (int step = 0; step < 5000; ++step) {
    if (random() % 3 != 0 || expected.empty()) {
      const int ms = static_cast<int>(random() % 1000);
      expected.emplace(add(ms, ms), ms);
    } else {
      auto victim = expected.begin();
      std::advance(victim, static_cast<long>(random() % expected.size()));
      EXPECT_TRUE(heap.cancel(victim->first));
      expected.erase(victim);
    }
    ASSERT_EQ(heap.size(), expected.size());
  }
  fire(1000);
  std::vector<int> due;
  for (const auto& [id, ms] : expected) due.push_back(ms);
  std::sort(due.begin(), due.end());
  EXPECT_EQ(fired, due);
  EXPECT_TRUE(heap.empty());
}

}  // namespace
}  // namespace diemcau
