#pragma once
// Lets the pictures of one session out at the rate of its line, when that is known to be thin:
// what is too much waits here, not in the line in front of the sound. Shared by the session's video
// senders, which keep no packets of their own for it: the queue is the stream's history.

#include <algorithm>

#include "base/clock.hpp"

namespace diemcau::media {

class VideoPacer {
 public:
  /// bit/s for all pictures together; 0: as they come.
  void set_rate(double bits_per_second) noexcept { rate_ = bits_per_second / 8; }
  bool on() const noexcept { return rate_ > 0; }
  double rate() const noexcept { return rate_ * 8; }

  /// Room for so many bytes on the wire now.
  bool take(std::size_t bytes, TimePoint now) noexcept {
    if (!on()) return true;
    if (last_ != TimePoint{})
      tokens_ =
          std::min(kBurst, tokens_ + rate_ * std::chrono::duration<double>(now - last_).count());
    last_ = now;
    if (tokens_ < 0) return false;
    tokens_ -= static_cast<double>(bytes);
    return true;
  }
  /// Sent whatever the rate (a repair): the pictures behind it wait for it.
  void spend(std::size_t bytes) noexcept {
    if (on()) tokens_ = std::max(-kDebt, tokens_ - static_cast<double>(bytes));
  }

  /// Nothing at all until then: the line is to run empty for the sound.
  void hold(TimePoint until) noexcept { held_until_ = std::max(held_until_, until); }
  bool held(TimePoint now) const noexcept { return now < held_until_; }

 private:
  // One packet: at 300 kbit/s it delays sound by 32 ms already.
  static constexpr double kBurst = 1'200;
  static constexpr double kDebt = 12'000;
  double rate_ = 0;  // bytes/s
  double tokens_ = 0;
  TimePoint last_{}, held_until_{};
};

}  // namespace diemcau::media
