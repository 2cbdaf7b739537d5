#include "media/mix/decode_pool.hpp"

#include <atomic>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/media/mix/video/video_support.hpp"

namespace diemcau::media {
namespace {

using testing::eventually;

/// Asks to be run again until it ran `times` times.
struct Job : DecodeJob {
  explicit Job(int times = 1) : left(times) {}
  bool run() noexcept override {
    if (running.exchange(true)) ++overlaps;
    ++ran;
    const bool again = --left > 0;
    running = false;
    return again;
  }
  std::atomic<int> left, ran{0}, overlaps{0};
  std::atomic<bool> running{false};
};

/// Does what it is told, on a thread of the pool.
struct Doing : DecodeJob {
  explicit Doing(std::function<bool()> what) : does(std::move(what)) {}
  bool run() noexcept override { return does(); }
  std::function<bool()> does;
};

TEST(DecodePool, runs_each_job_as_often_as_it_asks_for) {
  DecodePool pool("test");
  std::vector<std::shared_ptr<Job>> jobs;
  for (int i = 0; i < 40; ++i) jobs.push_back(std::make_shared<Job>(200));
  for (const auto& job : jobs) EXPECT_TRUE(pool.queue()->post(job));
  for (const auto& job : jobs) {
    EXPECT_TRUE(eventually([&] { return job->ran == 200; }));
    EXPECT_EQ(job->overlaps, 0);
  }
}

TEST(DecodePool, forgets_no_job_that_its_full_queue_does_not_take_back) {
  DecodePool pool("test");
  const auto queue = pool.queue();
  std::atomic<std::size_t> waiting{0};
  std::atomic<bool> done{false};
  std::atomic<int> ran{0};
  // Every thread but one waits, so that nobody makes room.
  const auto waits = std::make_shared<Doing>([&] {
    ++waiting;
    done.wait(false);
    return false;
  });
  for (std::size_t i = 1; i < pool.threads(); ++i) EXPECT_TRUE(queue->post(waits));
  EXPECT_TRUE(eventually([&] { return waiting == pool.threads() - 1; }));
  const auto asks = std::make_shared<Doing>([&] {
    while (ran == 0 && queue->post({})) {
    }
    return ++ran < 3;
  });
  EXPECT_TRUE(queue->post(asks));
  EXPECT_TRUE(eventually([&] { return ran == 3; }));
  done = true;
  done.notify_all();
}

TEST(DecodePool, passes_over_a_job_that_is_gone) {
  DecodePool pool("test");
  auto stays = std::make_shared<Job>();
  {
    auto goes = std::make_shared<Job>();
    std::weak_ptr<DecodeJob> weak = goes;
    goes.reset();
    EXPECT_TRUE(pool.queue()->post(weak));
  }
  EXPECT_TRUE(pool.queue()->post(stays));
  EXPECT_TRUE(eventually([&] { return stays->ran == 1; }));
}

TEST(DecodePool, takes_no_more_once_it_is_gone) {
  auto pool = std::make_unique<DecodePool>("test");
  const auto queue = pool->queue();
  auto job = std::make_shared<Job>(1'000'000'000);
  EXPECT_TRUE(queue->post(job));
  EXPECT_TRUE(eventually([&] { return job->ran > 0; }));
  pool.reset();
  const int ran = job->ran;
  EXPECT_FALSE(queue->post(job));
  EXPECT_EQ(job->ran, ran);
}

TEST(DecodeQueue, refuses_what_is_beyond_its_bound) {
  DecodeQueue queue;
  std::size_t taken = 0;
  while (taken < 5'000 && queue.post({})) ++taken;
  EXPECT_EQ(taken, DecodeQueue::kMostJobs);
}

}  // namespace
}  // namespace diemcau::media
