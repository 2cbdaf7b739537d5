#pragma once
// Moments as the database keeps them: BIGINT microseconds since 1970 UTC.

#include "base/clock.hpp"

namespace diemcau {

inline long long to_microseconds(WallTime moment) {
  return static_cast<long long>(moment.time_since_epoch().count());
}
inline WallTime from_microseconds(long long value) {
  return WallTime(std::chrono::microseconds(value));
}

}  // namespace diemcau
