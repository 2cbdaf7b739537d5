#pragma once
// Each object lives on one named thread or strand. The checker binds to the thread of first use
// and aborts on use from another: a wrong crossing is found in the test, not in the meeting.

#include <atomic>
#include <thread>

namespace diemcau {

class SequenceChecker {
 public:
  /// True on the thread first seen since construction or detach().
  bool is_current() const noexcept {
    const auto self = std::this_thread::get_id();
    std::thread::id unbound;
    if (owner_.compare_exchange_strong(unbound, self, std::memory_order_relaxed)) return true;
    return unbound == self;
  }
  /// The next use binds again; for objects built on one thread and handed to another.
  void detach() noexcept { owner_.store(std::thread::id{}, std::memory_order_relaxed); }

 private:
  mutable std::atomic<std::thread::id> owner_{};
};

/// Aborts with the place; kept in release builds, since one comparison costs nothing.
[[noreturn]] void sequence_violation(const char* expression, const char* file, int line);

}  // namespace diemcau

#define DIEMCAU_RUN_ON(checker)                                                               \
  do {                                                                                        \
    if (!(checker).is_current()) ::diemcau::sequence_violation(#checker, __FILE__, __LINE__); \
  } while (false)
