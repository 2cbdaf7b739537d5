#pragma once
// A few threads (`vdec-C`) that decode for all inputs of a mixer, a frame at a time and in turn: a
// site that floods waits for the others as they wait for it.

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <semaphore.h>

#include "base/bounded_queue.hpp"

namespace diemcau::media {

class DecodeJob {
 public:
  virtual ~DecodeJob() = default;
  /// On one of the pool's threads: a piece of work of a few milliseconds at most. True when there
  /// is more: it is run again behind the others that wait.
  virtual bool run() noexcept = 0;
};

/// Where jobs wait. Jobs may hold it longer than the pool lives; it then takes no more.
class DecodeQueue {
 public:
  /// Jobs that may wait. Each is posted once at a time, so this bounds the inputs of a mixer.
  static constexpr std::size_t kMostJobs = 1024;

  DecodeQueue();
  ~DecodeQueue();
  DecodeQueue(const DecodeQueue&) = delete;
  DecodeQueue& operator=(const DecodeQueue&) = delete;

  /// Any thread, without a lock. False when it is full or over, and, seldom, when a thread was
  /// interrupted while it took a job out (BoundedQueue): who posts tries again with his next frame.
  bool post(std::weak_ptr<DecodeJob> job) noexcept;

 private:
  friend class DecodePool;
  void work();
  void stop(std::size_t threads) noexcept;

  BoundedQueue<std::weak_ptr<DecodeJob>> jobs_{kMostJobs};
  sem_t waiting_{};
  std::atomic<bool> stopping_{false};
};

class DecodePool {
 public:
  /// name: at most 15 bytes. As many threads as the machine has cores, four at most.
  explicit DecodePool(const std::string& name);
  /// Jobs that still wait are not run.
  ~DecodePool();
  DecodePool(const DecodePool&) = delete;
  DecodePool& operator=(const DecodePool&) = delete;

  const std::shared_ptr<DecodeQueue>& queue() const noexcept { return queue_; }
  std::size_t threads() const noexcept { return threads_.size(); }

 private:
  std::shared_ptr<DecodeQueue> queue_ = std::make_shared<DecodeQueue>();
  std::vector<std::thread> threads_;
};

}  // namespace diemcau::media
