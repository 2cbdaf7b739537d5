#pragma once
// One thread, one epoll, three ways in: readable descriptors, timers, posts from other threads.
// The transport threads are made of it. Thread: post(), post_media() and stop() from anywhere, all
// else on the loop's own thread.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/bounded_queue.hpp"
#include "base/clock.hpp"
#include "base/inplace_function.hpp"
#include "base/metrics.hpp"
#include "base/sequence_checker.hpp"
#include "base/timer_heap.hpp"

namespace diemcau {

/// What wants to be woken by a descriptor. Borrowed by the loop until unwatch().
class ReadableHandler {
 public:
  /// There is something to read; or, where that was asked for, room to write.
  virtual void on_readable(int fd) = 0;

 protected:
  ~ReadableHandler() = default;
};

class EventLoop {
 public:
  using Task = TimerHeap::Task;  // holds 96 bytes; pack larger captures into a shared_ptr
  using TimerId = TimerHeap::TimerId;

  /// name: at most 15 bytes, shown by top and perf. index: small, dense, one per loop.
  EventLoop(std::string name, unsigned index, const Clock& clock, Metrics& metrics);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void start();
  /// Runs what was posted before, then ends and joins the thread; later posts are refused.
  /// Timers that have not fired and tasks posted by the last ones are destroyed unrun. Idempotent.
  void stop();

  /// From start() until its thread has ended.
  bool running() const noexcept { return running_.load(); }
  unsigned index() const noexcept { return index_; }
  const Clock& clock() const noexcept { return clock_; }
  /// True on the loop's thread.
  bool is_current() const noexcept { return std::this_thread::get_id() == thread_id_.load(); }
  const SequenceChecker& sequence() const noexcept { return sequence_; }

  /// Control: bounded at 16 384; false when full (counted: overload) or stopped.
  bool post(Task task) noexcept;
  /// Media: bounded at 8 192; the newest is dropped and counted when full.
  bool post_media(Task task) noexcept;
  /// Posts and waits until it ran; at once on the loop's own thread. False when it could not run.
  bool post_and_wait(std::function<void()> task);

  // On the loop's thread (or before start()).
  TimerId run_at(TimePoint when, Task task);
  TimerId run_after(Duration delay, Task task) {
    return run_at(clock_.now() + delay, std::move(task));
  }
  void cancel(TimerId id);
  /// Again for the same descriptor: what is told last holds. `writable`: wakes also when there is
  /// room to write, as long as there is; only for who has something waiting.
  void watch(int fd, ReadableHandler& handler, bool writable = false);
  void unwatch(int fd);
  /// Runs `task` once after the events of this round, e.g. to flush what they queued for sending.
  void at_round_end(Task task) { round_end_.push_back(std::move(task)); }

 protected:
  /// Runs on the loop's thread as the last thing before it ends. Set before start().
  void set_end_task(Task task) { end_task_ = std::move(task); }

 private:
  struct Watch {
    ReadableHandler* handler;
    std::uint64_t generation;
  };
  void run();
  void wake() noexcept;
  void drain_posts();
  void discard_pending();
  void fire_timers();
  void run_round_end();
  int wait_ms();

  std::string name_;
  unsigned index_;
  const Clock& clock_;
  SequenceChecker sequence_;
  std::atomic<std::thread::id> thread_id_{};
  int epoll_fd_ = -1;
  int wake_fd_ = -1;
  std::atomic<bool> awake_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> running_{false};
  std::atomic<bool> closed_{false};  // refuses posts
  BoundedQueue<Task> control_{16384};
  BoundedQueue<Task> media_{8192};
  Counter& control_dropped_;
  Counter& media_dropped_;
  TimerHeap timers_;
  std::unordered_map<int, Watch> watches_;
  std::uint64_t next_generation_ = 1;
  std::vector<Task> round_end_;
  Task end_task_;
  std::thread thread_;
};

}  // namespace diemcau
