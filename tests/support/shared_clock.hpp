#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.hpp"

namespace diemcau::test {

/// A clock that moves only when told, read by other threads meanwhile. The wall clock stands still.
class SharedClock final : public Clock {
 public:
  TimePoint now() const noexcept override { return TimePoint(Duration(now_.load())); }
  WallTime wall() const noexcept override { return {}; }
  void advance(Duration by) { now_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_{Duration(std::chrono::hours(1)).count()};
};

}  // namespace diemcau::test
