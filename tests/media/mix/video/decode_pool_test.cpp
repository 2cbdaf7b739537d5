#include "media/mix/decode_pool.hpp"

#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/media/mix/video/video_support.hpp"

namespace diemcau::media {
namespace {

using testing::eventually;

/// Runs `left` times, posting itself again.
struct Job : DecodeJob, std::enable_shared_from_this<Job> {
  explicit Job(std::shared_ptr<DecodeQueue> to, int times = 1)
      : queue(std::move(to)), left(times) {}
  void run() noexcept override {
    if (running.exchange(true)) ++overlaps;
    ++ran;
    const bool again = --left > 0;
    running = false;
    if (again) queue->post(weak_from_this());
  }
  std::shared_ptr<DecodeQueue> queue;
  std::atomic<int> left, ran{0}, overlaps{0};
  std::atomic<bool> running{false};
};

TEST(DecodePool, runs_each_job_as_often_as_it_was_posted) {
  DecodePool pool("test");
  std::vector<std::shared_ptr<Job>> jobs;
  for (int i = 0; i < 40; ++i) jobs.push_back(std::make_shared<Job>(pool.queue(), 200));
  for (const auto& job : jobs) EXPECT_TRUE(pool.queue()->post(job));
  for (const auto& job : jobs) {
    EXPECT_TRUE(eventually([&] { return job->ran == 200; }));
    EXPECT_EQ(job->overlaps, 0);
  }
}

TEST(DecodePool, passes_over_a_job_that_is_gone) {
  DecodePool pool("test");
  auto stays = std::make_shared<Job>(pool.queue());
  {
    auto goes = std::make_shared<Job>(pool.queue());
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
  auto job = std::make_shared<Job>(queue, 1'000'000'000);
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
