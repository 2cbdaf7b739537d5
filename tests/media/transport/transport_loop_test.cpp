#include "media/transport/transport_loop.hpp"

#include <array>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>

#include <gtest/gtest.h>

namespace diemcau::media {
namespace {

/// Asks for one distance between its calls; everything but the count is touched on the loop.
class Asking final : public Ticker {
 public:
  explicit Asking(Duration apart) : apart_(apart) {}

  TimePoint on_tick(TimePoint now) noexcept override {
    const std::lock_guard lock(mutex_);
    ++calls_;
    changed_.notify_all();
    return apart_ == Duration::max() ? TimePoint::max() : now + apart_;
  }
  int calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  bool wait_for(int calls) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return calls_ >= calls; });
  }

 private:
  const Duration apart_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int calls_ = 0;
};

struct TransportLoopTest : testing::Test {
  SystemClock clock;
  Metrics metrics;
  TransportLoop loop{0, clock, metrics};
  TransportLoopTest() { loop.start(); }
  ~TransportLoopTest() override { loop.stop(); }

  TransportLoop::TickerId add(Ticker& ticker) {
    TransportLoop::TickerId id = 0;
    EXPECT_TRUE(loop.post_and_wait([&] { id = loop.add_ticker(ticker); }));
    return id;
  }
  void remove(TransportLoop::TickerId id) {
    EXPECT_TRUE(loop.post_and_wait([&] { loop.remove_ticker(id); }));
  }
};

TEST_F(TransportLoopTest, calls_who_is_due_and_nobody_else) {
  Asking busy(Duration::zero()), idle(Duration::max());
  const auto first = add(busy), second = add(idle);
  ASSERT_TRUE(busy.wait_for(20));
  EXPECT_EQ(idle.calls(), 1) << "once when it came, never again";

  ASSERT_TRUE(loop.post_and_wait([&] { loop.tick_at(second, clock.now()); }));
  EXPECT_TRUE(idle.wait_for(2)) << "something happened to it";
  remove(first);
  remove(second);
}

TEST_F(TransportLoopTest, gives_the_place_of_who_left_to_the_next) {
  Asking stays(Duration::zero()), leaves(Duration::zero()), comes(Duration::zero());
  const auto kept = add(stays), gone = add(leaves);
  ASSERT_TRUE(leaves.wait_for(2));
  remove(gone);
  const int then = leaves.calls();
  EXPECT_EQ(add(comes), gone);
  ASSERT_TRUE(comes.wait_for(2));
  EXPECT_EQ(leaves.calls(), then);
  remove(kept);
  remove(gone);
}

/// Leaves in its first turn, to one that has its place before the turn is over.
struct Yielding final : Ticker {
  Yielding(TransportLoop& l, Ticker& n) : loop(l), next(n) {}
  TimePoint on_tick(TimePoint) noexcept override {
    loop.remove_ticker(id);
    EXPECT_EQ(loop.add_ticker(next), id);
    return TimePoint::max();
  }
  void on_loop_end() noexcept override {}
  TransportLoop& loop;
  Ticker& next;
  TransportLoop::TickerId id = 0;
};

TEST_F(TransportLoopTest, who_leaves_in_its_turn_does_not_say_when_the_next_one_s_is) {
  Asking comes(Duration::zero());
  Yielding leaves(loop, comes);
  ASSERT_TRUE(loop.post_and_wait([&] { leaves.id = loop.add_ticker(leaves); }));
  EXPECT_TRUE(comes.wait_for(2));
  remove(leaves.id);
}

/// Has something to do at once, found out in its own turn.
struct Hurrying final : Ticker {
  explicit Hurrying(TransportLoop& l) : loop(l) {}
  TimePoint on_tick(TimePoint now) noexcept override {
    if (++turns == 1) loop.tick_at(id, now);
    if (turns == 2) again.set_value();
    return TimePoint::max();
  }
  void on_loop_end() noexcept override {}
  TransportLoop& loop;
  TransportLoop::TickerId id = 0;
  int turns = 0;
  std::promise<void> again;
};

TEST_F(TransportLoopTest, a_turn_asked_for_during_the_own_one_is_given) {
  Hurrying hurrying(loop);
  ASSERT_TRUE(loop.post_and_wait([&] { hurrying.id = loop.add_ticker(hurrying); }));
  EXPECT_EQ(hurrying.again.get_future().wait_for(std::chrono::seconds(10)),
            std::future_status::ready);
  remove(hurrying.id);
}

TEST(TransportLoopLateness, is_the_most_of_the_last_two_seconds) {
  ManualClock clock;  // moved and read on the loop alone
  Metrics metrics;
  TransportLoop loop{0, clock, metrics};
  loop.start();
  std::array<std::unique_ptr<Asking>, TransportLoop::kPhases> one_a_turn;
  ASSERT_TRUE(loop.post_and_wait([&] {
    for (auto& each : one_a_turn) {
      each = std::make_unique<Asking>(Duration::zero());
      loop.add_ticker(*each);
    }
  }));
  int turns = 0;
  const auto advance = [&](Duration by) {
    Duration late{};
    EXPECT_TRUE(loop.post_and_wait([&] {
      clock.advance(by);
      late = loop.lateness(clock.now());
    }));
    const auto next = static_cast<std::size_t>(turns) % one_a_turn.size();
    EXPECT_TRUE(one_a_turn[next]->wait_for(1 + turns++ / static_cast<int>(one_a_turn.size())));
    return late;
  };
  const Duration step = std::chrono::milliseconds(20);
  EXPECT_LE(advance(step), step);
  EXPECT_GE(advance(std::chrono::milliseconds(400)), std::chrono::milliseconds(390)) << "overdue";
  EXPECT_GE(advance(step), std::chrono::milliseconds(390)) << "what is read now waited then";
  for (int i = 0; i < 110; ++i) advance(step);
  EXPECT_LE(advance(step), step);
  loop.stop();
}

}  // namespace
}  // namespace diemcau::media
