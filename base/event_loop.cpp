#include "base/event_loop.hpp"

#include <cerrno>
#include <future>

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/thread_priority.hpp"

namespace diemcau {

namespace {
constexpr int kMaxEvents = 256;
constexpr Duration kLongestWait = std::chrono::seconds(1);
constexpr std::uint64_t kWakeKey = ~std::uint64_t{0};

// epoll data: descriptor in the low half, watch generation in the high one, so that an event
// queued for a descriptor that was closed and reused meanwhile finds nobody.
std::uint64_t key_of(int fd, std::uint64_t generation) {
  return (generation << 32) | static_cast<std::uint32_t>(fd);
}
}  // namespace

EventLoop::EventLoop(std::string name, unsigned index, const Clock& clock, Metrics& metrics)
    : name_(std::move(name)),
      index_(index),
      clock_(clock),
      epoll_fd_(epoll_create1(EPOLL_CLOEXEC)),
      wake_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      control_dropped_(metrics.counter("diemcau_queue_dropped_total",
                                       "Items refused by a full queue",
                                       {{"queue", name_ + "-control"}})),
      media_dropped_(metrics.counter("diemcau_queue_dropped_total", "Items refused by a full queue",
                                     {{"queue", name_ + "-media"}})) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kWakeKey;
  epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, wake_fd_, &event);
}

EventLoop::~EventLoop() {
  stop();
  close(wake_fd_);
  close(epoll_fd_);
}

void EventLoop::start() {
  closed_.store(false);
  stopping_.store(false);
  running_.store(true);
  thread_ = std::thread([this] { run(); });
}

void EventLoop::stop() {
  stopping_.store(true);
  wake();
  if (is_current()) return;
  if (thread_.joinable()) thread_.join();
  closed_.store(true);
  discard_pending();
}

void EventLoop::discard_pending() {
  Task task;
  while (control_.try_pop(task)) task.reset();
  while (media_.try_pop(task)) task.reset();
  round_end_.clear();
  timers_.clear();
}

void EventLoop::wake() noexcept {
  if (awake_.exchange(true, std::memory_order_seq_cst)) return;  // already on its way
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(wake_fd_, &one, sizeof one);
}

bool EventLoop::post(Task task) noexcept {
  if (closed_.load(std::memory_order_relaxed)) return false;
  if (!control_.try_push(std::move(task))) {
    control_dropped_.add();
    return false;
  }
  wake();
  return true;
}

bool EventLoop::post_media(Task task) noexcept {
  if (closed_.load(std::memory_order_relaxed)) return false;
  if (!media_.try_push(std::move(task))) {
    media_dropped_.add();
    return false;
  }
  wake();
  return true;
}

bool EventLoop::post_and_wait(std::function<void()> task) {
  if (is_current()) {
    task();
    return true;
  }
  if (!running_.load()) return false;
  auto done = std::make_shared<std::promise<void>>();
  auto finished = done->get_future();
  auto shared = std::make_shared<std::function<void()>>(std::move(task));
  if (!post([done, shared] {
        (*shared)();
        done->set_value();
      }))
    return false;
  while (finished.wait_for(std::chrono::milliseconds(100)) != std::future_status::ready)
    if (!running_.load())
      return finished.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  return true;
}

EventLoop::TimerId EventLoop::run_at(TimePoint when, Task task) {
  return timers_.add(when, std::move(task));
}

void EventLoop::cancel(TimerId id) {
  timers_.cancel(id);
}

void EventLoop::watch(int fd, ReadableHandler& handler, bool writable) {
  const std::uint64_t generation = next_generation_++ & 0x7fffffff;
  epoll_event event{};
  event.events = EPOLLIN | (writable ? EPOLLOUT : 0u);
  event.data.u64 = key_of(fd, generation);
  watches_[fd] = Watch{&handler, generation};
  // The kernel decides whether it is known: a descriptor closed without unwatch() has left epoll
  // by itself, and its number may since have come back as another one.
  if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) != 0 && errno == EEXIST)
    epoll_ctl(epoll_fd_, EPOLL_CTL_MOD, fd, &event);
}

void EventLoop::unwatch(int fd) {
  if (watches_.erase(fd) > 0) epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr);
}

void EventLoop::drain_posts() {
  Task task;
  // Control first; each ring is drained at most once round so that neither starves the sockets.
  for (std::size_t i = 0; i < control_.capacity() && control_.try_pop(task); ++i) task();
  for (std::size_t i = 0; i < media_.capacity() && media_.try_pop(task); ++i) task();
}

void EventLoop::fire_timers() {
  const TimePoint now = clock_.now();
  const std::uint64_t mark = timers_.mark();
  while (Task task = timers_.pop_due(now, mark)) task();
}

void EventLoop::run_round_end() {
  for (std::size_t i = 0; i < round_end_.size(); ++i) {  // it may grow meanwhile
    Task task = std::move(round_end_[i]);
    task();
  }
  round_end_.clear();
}

int EventLoop::wait_ms() {
  Duration wait = kLongestWait;
  if (const auto next = timers_.next()) wait = std::min(wait, *next - clock_.now());
  if (wait <= Duration::zero()) return 0;
  // Rounded up, or a timer due in 0.3 ms would spin.
  return static_cast<int>((wait + std::chrono::milliseconds(1) - Duration(1)) /
                          std::chrono::milliseconds(1));
}

void EventLoop::run() {
  pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
  hurry_this_thread();
  thread_id_.store(std::this_thread::get_id());
  sequence_.detach();
  DIEMCAU_RUN_ON(sequence_);
  epoll_event events[kMaxEvents];
  for (;;) {
    const bool last_round = stopping_.load();
    const int ready = epoll_wait(epoll_fd_, events, kMaxEvents, last_round ? 0 : wait_ms());
    for (int i = 0; i < ready; ++i) {
      if (events[i].data.u64 == kWakeKey) {
        std::uint64_t ignored = 0;
        [[maybe_unused]] const auto got = read(wake_fd_, &ignored, sizeof ignored);
        continue;
      }
      const int fd = static_cast<int>(events[i].data.u64 & 0xffffffff);
      const auto found = watches_.find(fd);
      if (found != watches_.end() && found->second.generation == (events[i].data.u64 >> 32))
        found->second.handler->on_readable(fd);
    }
    // An exchange, not a store: it must be seen before the queues are read, or a post that comes
    // between them would neither be found nor wake us.
    awake_.exchange(false, std::memory_order_seq_cst);
    drain_posts();
    fire_timers();
    run_round_end();
    if (last_round) break;
  }
  if (end_task_) {
    end_task_();
    run_round_end();
  }
  running_.store(false);
}

}  // namespace diemcau
