#pragma once
// Starts and stops pipelines in the order asked, so that neither the picture's tick nor the packet
// path waits for a thread to join or an encoder to open.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace diemcau::media::gst {

class PipelineThread {
 public:
  /// name: at most 15 bytes.
  explicit PipelineThread(std::string name);
  /// Runs what was posted before, then joins.
  ~PipelineThread();
  PipelineThread(const PipelineThread&) = delete;
  PipelineThread& operator=(const PipelineThread&) = delete;

  /// Any thread. Control work only: its number is bounded by the inputs and renditions there are,
  /// each of which has at most one start and one stop outstanding.
  void post(std::function<void()> task);
  /// Waits until everything posted so far ran. Not from a task.
  void drain();

 private:
  void run(const std::string& name);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace diemcau::media::gst
