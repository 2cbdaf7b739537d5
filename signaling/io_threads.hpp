#pragma once
// The threads `io-0`, `io-1` … that run Asio, and the small pool beside them for what blocks.

#include <functional>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

namespace diemcau::signaling {

class IoThreads {
 public:
  /// io: how many run the context (1 to 64); blocking: how many run what blocks.
  IoThreads(unsigned io, unsigned blocking);
  /// Stops and joins.
  ~IoThreads();
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  boost::asio::io_context& context() noexcept;
  boost::asio::thread_pool& pool() noexcept;

  /// Starts the threads. An exception that leaves a handler is logged and ends nothing else.
  void start();
  /// Ends the context and joins all threads, the pool's first, so that nothing of the pool resumes
  /// on a context that is gone. Idempotent.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace diemcau::signaling
