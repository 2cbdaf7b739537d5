#pragma once
// Bytes and packets of one direction, and the bit rate since it was last asked.

#include <cstdint>

#include "base/clock.hpp"

namespace diemcau::media {

class RateMeter {
 public:
  void add(std::size_t bytes) noexcept {
    ++packets_;
    bytes_ += bytes;
  }
  std::uint64_t packets() const noexcept { return packets_; }
  std::uint64_t bytes() const noexcept { return bytes_; }

  /// bit/s since the call before; 0 at the first.
  double rate(TimePoint now) noexcept {
    const double seconds = std::chrono::duration<double>(now - asked_).count();
    const double bits = static_cast<double>(bytes_ - bytes_asked_) * 8;
    const bool first = asked_ == TimePoint{};
    asked_ = now;
    bytes_asked_ = bytes_;
    return first || seconds <= 0 ? 0 : bits / seconds;
  }

 private:
  std::uint64_t packets_ = 0, bytes_ = 0, bytes_asked_ = 0;
  TimePoint asked_{};
};

}  // namespace diemcau::media
