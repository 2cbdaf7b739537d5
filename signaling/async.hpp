#pragma once
// Blocking calls (database, password hashing, disk) from coroutines on the I/O threads.

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace diemcau::signaling {

/// Runs `fn()` on the pool and resumes the caller on its own executor with what it returned; what
/// it throws is thrown here. The pool must be joined before the io_context is destroyed.
template <class F>
boost::asio::awaitable<std::invoke_result_t<F&>> on_pool(boost::asio::thread_pool& pool, F fn) {
  namespace asio = boost::asio;
  using R = std::invoke_result_t<F&>;
  static_assert(!std::is_void_v<R>, "return a Result, so that the caller learns how it went");
  const asio::any_io_executor home = co_await asio::this_coro::executor;
  std::optional<R> result;
  std::exception_ptr thrown;
  auto initiate = [&](auto handler) {
    // The coroutine is suspended until the handler runs, so what it owns may be used from the pool.
    asio::post(pool, [&fn, &result, &thrown, work = asio::make_work_guard(home),
                      handler = std::move(handler)]() mutable {
      try {
        result.emplace(fn());
      } catch (...) {
        thrown = std::current_exception();
      }
      asio::post(work.get_executor(), std::move(handler));
    });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(initiate,
                                                                        asio::use_awaitable);
  if (thrown) std::rethrow_exception(thrown);
  co_return std::move(*result);
}

}  // namespace diemcau::signaling
