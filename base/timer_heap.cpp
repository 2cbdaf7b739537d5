#include "base/timer_heap.hpp"

#include <algorithm>

namespace diemcau {

TimerHeap::TimerId TimerHeap::add(TimePoint when, Task task) {
  std::uint32_t slot = 0;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  slots_[slot].task = std::move(task);
  const std::uint32_t generation = slots_[slot].generation;
  heap_.push_back({when, next_order_++, slot, generation});
  std::push_heap(heap_.begin(), heap_.end(), later);
  ++live_;
  return (TimerId{generation} << 32) | slot;
}

bool TimerHeap::cancel(TimerId id) {
  const auto slot = static_cast<std::uint32_t>(id);
  if (slot >= slots_.size() || slots_[slot].generation != (id >> 32)) return false;
  // Moved out first: destroying what it captured may come back here.
  const Task dead = std::move(slots_[slot].task);
  release(slot);
  // Entries of cancelled timers leave when they reach the top, or here when they are the majority.
  if (heap_.size() > 64 && heap_.size() > 2 * live_) {
    std::erase_if(heap_, [this](const Entry& e) { return stale(e); });
    std::make_heap(heap_.begin(), heap_.end(), later);
  }
  return true;
}

void TimerHeap::release(std::uint32_t slot) {
  if (++slots_[slot].generation == 0) slots_[slot].generation = 1;
  free_.push_back(slot);
  --live_;
}

void TimerHeap::pop_top() {
  std::pop_heap(heap_.begin(), heap_.end(), later);
  heap_.pop_back();
}

void TimerHeap::drop_stale_top() {
  while (!heap_.empty() && stale(heap_.front())) pop_top();
}

std::optional<TimePoint> TimerHeap::next() {
  drop_stale_top();
  if (heap_.empty()) return std::nullopt;
  return heap_.front().when;
}

TimerHeap::Task TimerHeap::pop_due(TimePoint now, std::uint64_t mark) {
  drop_stale_top();
  // A timer newer than the mark on top means that all older ones behind it are due no earlier:
  // they run next round, which comes at once.
  if (heap_.empty() || heap_.front().when > now || heap_.front().order >= mark) return {};
  const std::uint32_t slot = heap_.front().slot;
  pop_top();
  Task task = std::move(slots_[slot].task);
  release(slot);
  return task;
}

void TimerHeap::clear() {
  std::vector<Slot> dead = std::move(slots_);
  slots_.clear();
  free_.clear();
  heap_.clear();
  live_ = 0;
}

}  // namespace diemcau
