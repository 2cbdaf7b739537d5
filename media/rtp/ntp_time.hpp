#pragma once
// NTP timestamps (RFC 3550 §4) that run with the monotonic clock: the wall clock is read once, so
// a jump of it never shows in sender reports or round trips.

#include <cstdint>

#include "base/clock.hpp"

namespace diemcau::media {

class NtpClock {
 public:
  explicit NtpClock(const Clock& clock) noexcept
      : offset_(std::chrono::duration_cast<Duration>(clock.wall().time_since_epoch()) -
                clock.now().time_since_epoch()) {}

  /// 32.32 fixed-point seconds since 1900.
  std::uint64_t at(TimePoint when) const noexcept {
    constexpr std::uint64_t kFrom1900To1970 = 2'208'988'800;
    constexpr std::int64_t kBillion = 1'000'000'000;
    const std::int64_t ns = (when.time_since_epoch() + offset_).count();
    const auto seconds = static_cast<std::uint64_t>(ns / kBillion);
    const auto rest = static_cast<std::uint64_t>(ns % kBillion);
    return (seconds + kFrom1900To1970) << 32 | ((rest << 32) / kBillion & 0xffffffff);
  }

  /// The middle 32 bits, 16.16 seconds: what LSR and DLSR count in (§6.4.1).
  static constexpr std::uint32_t compact(std::uint64_t ntp) noexcept {
    return static_cast<std::uint32_t>(ntp >> 16);
  }
  static constexpr Duration from_compact(std::uint32_t units) noexcept {
    return Duration(static_cast<std::int64_t>(std::uint64_t{units} * 1'000'000'000 >> 16));
  }
  static constexpr std::uint32_t to_compact(Duration d) noexcept {
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(d.count()) / 1'000 * 65'536) /
                                      1'000'000);
  }
  /// abs-send-time: 6.18 fixed-point seconds, 24 bits.
  static constexpr std::uint32_t abs_send_time(std::uint64_t ntp) noexcept {
    return static_cast<std::uint32_t>(ntp >> 14) & 0xffffff;
  }

 private:
  Duration offset_;
};

}  // namespace diemcau::media
