#pragma once
// Timers of one loop: a binary heap over a table of slots. add() is O(log n), cancel() O(1), and
// in the steady state neither allocates. Thread: whoever owns it.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/inplace_function.hpp"

namespace diemcau {

class TimerHeap {
 public:
  using Task = InplaceFunction<void(), 96>;
  /// Never reused while it could still be cancelled by mistake: slot in the low half, the slot's
  /// generation in the high one. Never 0.
  using TimerId = std::uint64_t;

  TimerId add(TimePoint when, Task task);
  /// False when it ran already, was cancelled or never existed.
  bool cancel(TimerId id);

  bool empty() const noexcept { return live_ == 0; }
  std::size_t size() const noexcept { return live_; }
  /// When the earliest one is due.
  std::optional<TimePoint> next();

  /// Marks a round: timers added after it are not popped with it, so that a task which arms
  /// itself again at once cannot keep the loop for ever.
  std::uint64_t mark() const noexcept { return next_order_; }
  /// The earliest task due at `now` and added before `mark`; empty when there is none.
  Task pop_due(TimePoint now, std::uint64_t mark);
  void clear();

 private:
  struct Slot {
    Task task;
    std::uint32_t generation = 1;
  };
  struct Entry {
    TimePoint when;
    std::uint64_t order;  // first come, first run among equals
    std::uint32_t slot;
    std::uint32_t generation;
  };
  static bool later(const Entry& a, const Entry& b) {
    return a.when != b.when ? a.when > b.when : a.order > b.order;
  }
  bool stale(const Entry& e) const { return slots_[e.slot].generation != e.generation; }
  void drop_stale_top();
  void release(std::uint32_t slot);
  void pop_top();

  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<Entry> heap_;
  std::size_t live_ = 0;
  std::uint64_t next_order_ = 0;
};

}  // namespace diemcau
