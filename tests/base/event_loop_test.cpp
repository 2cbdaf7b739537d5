#include "base/event_loop.hpp"

#include <condition_variable>
#include <future>
#include <mutex>

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace diemcau {
namespace {

struct EventLoopTest : testing::Test {
  SystemClock clock;
  Metrics metrics;
  std::mutex mutex;
  std::condition_variable changed;
  EventLoop loop{"test-loop", 0, clock, metrics};

  template <class Ready>
  bool wait(Ready ready) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(10), ready);
  }
  template <class Change>
  void tell(Change change) {
    const std::lock_guard lock(mutex);
    change();
    changed.notify_all();
  }
};

TEST_F(EventLoopTest, runs_posts_in_order_on_its_own_thread) {
  loop.start();
  std::vector<int> order;
  bool own_thread = true;
  for (int i = 0; i < 100; ++i)
    ASSERT_TRUE(loop.post([&, i] {
      own_thread = own_thread && loop.is_current();
      order.push_back(i);
    }));
  ASSERT_TRUE(loop.post_and_wait([] {}));
  EXPECT_TRUE(own_thread);
  ASSERT_EQ(order.size(), 100u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_FALSE(loop.is_current());
}

TEST_F(EventLoopTest, wakes_for_every_post_from_many_threads) {
  loop.start();
  constexpr int kThreads = 4, kEach = 5000;
  std::atomic<int> ran{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i)
        while (!loop.post([&] { ran.fetch_add(1); })) std::this_thread::yield();
    });
  for (auto& thread : threads) thread.join();
  ASSERT_TRUE(loop.post_and_wait([] {}));
  EXPECT_EQ(ran.load(), kThreads * kEach);
}

TEST_F(EventLoopTest, answers_a_lone_post_without_waiting_for_its_longest_sleep) {
  // A lost wake-up would cost the one second the loop sleeps at most.
  loop.start();
  const TimePoint start = clock.now();
  for (int i = 0; i < 2000; ++i) ASSERT_TRUE(loop.post_and_wait([] {}));
  EXPECT_LT(clock.now() - start, std::chrono::seconds(10));
}

TEST_F(EventLoopTest, fires_timers_in_order_and_not_the_cancelled_one) {
  loop.start();
  std::vector<int> fired;
  loop.post([&] {
    loop.run_after(std::chrono::milliseconds(20), [&] { tell([&] { fired.push_back(2); }); });
    const auto doomed =
        loop.run_after(std::chrono::milliseconds(10), [&] { tell([&] { fired.push_back(99); }); });
    loop.run_after(std::chrono::milliseconds(5), [&] { tell([&] { fired.push_back(1); }); });
    loop.cancel(doomed);
  });
  ASSERT_TRUE(wait([&] { return fired.size() == 2; }));
  EXPECT_EQ(fired, (std::vector<int>{1, 2}));
}

TEST_F(EventLoopTest, never_fires_early) {
  loop.start();
  bool early = true, done = false;
  loop.post([&] {
    const TimePoint due = clock.now() + std::chrono::microseconds(1300);
    loop.run_at(due, [&, due] { tell([&] { early = clock.now() < due, done = true; }); });
  });
  ASSERT_TRUE(wait([&] { return done; }));
  EXPECT_FALSE(early);
}

struct EventFd final : ReadableHandler {
  EventFd() : fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~EventFd() { close(fd); }
  void signal() const {
    const std::uint64_t one = 1;
    ASSERT_EQ(write(fd, &one, sizeof one), static_cast<ssize_t>(sizeof one));
  }
  void on_readable(int) override {
    std::uint64_t got = 0;
    ASSERT_EQ(read(fd, &got, sizeof got), static_cast<ssize_t>(sizeof got));
    if (on_signal) on_signal();
  }
  int fd;
  std::function<void()> on_signal;
};

TEST_F(EventLoopTest, calls_the_handler_of_a_readable_descriptor) {
  EventFd event;
  int signals = 0;
  event.on_signal = [&] { tell([&] { ++signals; }); };
  loop.watch(event.fd, event);
  loop.start();
  event.signal();
  ASSERT_TRUE(wait([&] { return signals == 1; }));
  event.signal();
  ASSERT_TRUE(wait([&] { return signals == 2; }));
}

TEST_F(EventLoopTest, calls_who_asked_when_there_is_room_to_write_again) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
  struct Writer final : ReadableHandler {
    explicit Writer(std::function<void()> f) : on_room(std::move(f)) {}
    void on_readable(int) override { on_room(); }
    std::function<void()> on_room;
  };
  int calls = 0;
  Writer writer([&] {
    loop.watch(ends[0], writer);  // nothing waits any more
    tell([&] { ++calls; });
  });
  const std::vector<char> piece(4096);
  while (write(ends[0], piece.data(), piece.size()) > 0) {
  }
  loop.watch(ends[0], writer, true);
  loop.start();
  ASSERT_TRUE(loop.post_and_wait([&] { EXPECT_EQ(calls, 0) << "it is full"; }));
  std::vector<char> sink(1 << 20);
  while (read(ends[1], sink.data(), sink.size()) > 0) {
  }
  ASSERT_TRUE(wait([&] { return calls == 1; }));
  ASSERT_TRUE(loop.post_and_wait([] {}));
  ASSERT_TRUE(loop.post_and_wait([&] { EXPECT_EQ(calls, 1) << "asked for once"; }));
  loop.post_and_wait([&] { loop.unwatch(ends[0]); });
  close(ends[0]);
  close(ends[1]);
}

TEST_F(EventLoopTest, calls_nobody_for_a_descriptor_no_longer_watched) {
  EventFd one, two;
  int calls = 0;
  // Both are ready in one round; whoever comes first unwatches the other.
  one.on_signal = [&] { ++calls, loop.unwatch(two.fd); };
  two.on_signal = [&] { ++calls, loop.unwatch(one.fd); };
  one.signal();
  two.signal();
  loop.watch(one.fd, one);
  loop.watch(two.fd, two);
  loop.start();
  ASSERT_TRUE(loop.post_and_wait([] {}));
  ASSERT_TRUE(loop.post_and_wait([] {}));
  EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, watches_a_number_that_came_back_as_another_descriptor) {
  auto first = std::make_unique<EventFd>();
  const int number = first->fd;
  loop.watch(number, *first);
  first.reset();  // closed without unwatch: epoll has forgotten it, we have not
  EventFd second;
  ASSERT_EQ(second.fd, number);
  int signals = 0;
  second.on_signal = [&] { tell([&] { ++signals; }); };
  loop.watch(second.fd, second);
  loop.start();
  second.signal();
  EXPECT_TRUE(wait([&] { return signals == 1; }));
}

TEST_F(EventLoopTest, runs_round_end_tasks_behind_the_events_of_the_round) {
  loop.start();
  std::vector<int> order;
  loop.post([&] {
    loop.at_round_end([&] { tell([&] { order.push_back(3); }); });
    tell([&] { order.push_back(1); });
    loop.post([&] { tell([&] { order.push_back(2); }); });
  });
  ASSERT_TRUE(wait([&] { return order.size() == 3; }));
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST_F(EventLoopTest, refuses_and_counts_what_a_full_queue_cannot_hold) {
  loop.start();
  std::promise<void> release;
  auto released = release.get_future();
  loop.post([&] { released.wait(); });
  std::size_t refused = 0;
  for (int i = 0; i < 20'000; ++i) refused += loop.post_media([] {}) ? 0 : 1;
  release.set_value();
  ASSERT_TRUE(loop.post_and_wait([] {}));
  EXPECT_GE(refused, 20'000u - 8'192u);
  EXPECT_EQ(
      metrics.counter("diemcau_queue_dropped_total", "", {{"queue", "test-loop-media"}}).value(),
      refused);
}

TEST_F(EventLoopTest, runs_what_was_posted_before_stop_and_refuses_what_comes_after) {
  loop.start();
  int ran = 0;
  for (int i = 0; i < 1000; ++i) loop.post([&] { ++ran; });
  loop.stop();
  EXPECT_EQ(ran, 1000);
  EXPECT_FALSE(loop.running());
  EXPECT_FALSE(loop.post([&] { ++ran; }));
  EXPECT_FALSE(loop.post_and_wait([&] { ++ran; }));
  EXPECT_EQ(ran, 1000);
}

TEST_F(EventLoopTest, destroys_what_timers_hold_when_it_stops) {
  auto held = std::make_shared<int>(1);
  loop.start();
  loop.post([this, held] { loop.run_after(std::chrono::hours(1), [held] {}); });
  loop.stop();
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(EventLoopTest, runs_a_waiting_post_at_once_on_its_own_thread) {
  loop.start();
  bool inner = false;
  ASSERT_TRUE(loop.post_and_wait([&] { loop.post_and_wait([&] { inner = true; }); }));
  EXPECT_TRUE(inner);
}

}  // namespace
}  // namespace diemcau
