#include "media/mix/decode_pool.hpp"

#include <algorithm>
#include <cerrno>

#include <pthread.h>

namespace diemcau::media {

namespace {
constexpr unsigned kMostThreads = 4;
}  // namespace

DecodeQueue::DecodeQueue() {
  sem_init(&waiting_, 0, 0);
}

DecodeQueue::~DecodeQueue() {
  sem_destroy(&waiting_);
}

bool DecodeQueue::post(std::weak_ptr<DecodeJob> job) noexcept {
  if (stopping_.load(std::memory_order_acquire) || !jobs_.try_push(std::move(job))) return false;
  sem_post(&waiting_);
  return true;
}

void DecodeQueue::stop(std::size_t threads) noexcept {
  stopping_.store(true, std::memory_order_release);
  for (std::size_t i = 0; i < threads; ++i) sem_post(&waiting_);
}

void DecodeQueue::work() {
  for (;;) {
    while (sem_wait(&waiting_) != 0 && errno == EINTR) {
    }
    std::weak_ptr<DecodeJob> next;
    // Counted but perhaps not yet visible behind one that is still being put in.
    while (!stopping_.load(std::memory_order_acquire) && !jobs_.try_pop(next))
      std::this_thread::yield();
    if (stopping_.load(std::memory_order_acquire)) return;
    const auto job = next.lock();
    // Where the queue does not take it back it is run again at once: nothing else would remember
    // it.
    while (job != nullptr && job->run() && !post(next))
      if (stopping_.load(std::memory_order_acquire)) return;
  }
}

DecodePool::DecodePool(const std::string& name) {
  const unsigned threads = std::clamp(std::thread::hardware_concurrency(), 1u, kMostThreads);
  for (unsigned i = 0; i < threads; ++i)
    threads_.emplace_back([queue = queue_, name] {
      pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
      queue->work();
    });
}

DecodePool::~DecodePool() {
  queue_->stop(threads_.size());
  for (auto& thread : threads_) thread.join();
}

}  // namespace diemcau::media
