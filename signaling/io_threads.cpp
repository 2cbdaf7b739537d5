#include "signaling/io_threads.hpp"

#include <exception>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <pthread.h>

#include "base/log.hpp"

namespace diemcau::signaling {
namespace asio = boost::asio;

struct IoThreads::Impl {
  Impl(unsigned io, unsigned blocking)
      : count(io), context(static_cast<int>(io)), pool(blocking), work(context.get_executor()) {}

  void run(unsigned index) {
    pthread_setname_np(pthread_self(), ("io-" + std::to_string(index)).c_str());
    for (;;) {
      try {
        context.run();
        return;
      } catch (const std::exception& e) {
        log::error("an I/O handler threw: {}", e.what());
      }
    }
  }

  unsigned count;
  asio::io_context context;
  asio::thread_pool pool;
  asio::executor_work_guard<asio::io_context::executor_type> work;
  std::vector<std::thread> threads;
  bool stopped = false;
};

IoThreads::IoThreads(unsigned io, unsigned blocking)
    : impl_(std::make_unique<Impl>(io == 0 ? 1U : io, blocking == 0 ? 1U : blocking)) {}

IoThreads::~IoThreads() {
  stop();
}

asio::io_context& IoThreads::context() noexcept {
  return impl_->context;
}
asio::thread_pool& IoThreads::pool() noexcept {
  return impl_->pool;
}

void IoThreads::start() {
  for (unsigned i = 0; i < impl_->count; ++i)
    impl_->threads.emplace_back([impl = impl_.get(), i] { impl->run(i); });
}

void IoThreads::stop() {
  if (impl_->stopped) return;
  impl_->stopped = true;
  impl_->pool.join();
  impl_->work.reset();
  impl_->context.stop();
  for (auto& thread : impl_->threads) thread.join();
}

}  // namespace diemcau::signaling
