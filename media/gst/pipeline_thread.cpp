#include "media/gst/pipeline_thread.hpp"

#include <future>

#include <pthread.h>

namespace diemcau::media::gst {

PipelineThread::PipelineThread(std::string name)
    : thread_([this, name = std::move(name)] { run(name); }) {}

PipelineThread::~PipelineThread() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void PipelineThread::post(std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
}

void PipelineThread::drain() {
  std::promise<void> reached;
  post([&reached] { reached.set_value(); });
  reached.get_future().wait();
}

void PipelineThread::run(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    task = nullptr;  // what it held is released outside the lock
    lock.lock();
  }
}

}  // namespace diemcau::media::gst
