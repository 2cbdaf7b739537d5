#pragma once
// How long a peer may be sent to whose consent is in doubt (RFC 7675): as long as media that only
// it can have sealed come from it, and not beyond 30 s without an answer that only who receives
// what we send can give. Pure; docs/decisions/0014.

#include <algorithm>
#include <chrono>

#include "base/clock.hpp"

namespace diemcau::media {

class ConsentWatch {
 public:
  enum class Step { check, over };
  /// RFC 7675 §5.1. libnice alone would give up after 10 s.
  static constexpr Duration kExpires = std::chrono::seconds(30);
  static constexpr Duration kLibniceWaited = std::chrono::seconds(10);
  /// Whoever is really there is heard: reports come every second.
  static constexpr Duration kSilence = std::chrono::seconds(10);

  /// libnice had no answer for as long as it waits for one.
  void doubt(TimePoint now) noexcept { answered_ = now - kLibniceWaited; }
  void answered(TimePoint now) noexcept { answered_ = now; }

  /// `heard`: when the newest authentic packet came.
  Step step(TimePoint now, TimePoint heard) const noexcept {
    return now - answered_ >= kExpires || now - heard >= kSilence ? Step::over : Step::check;
  }
  /// Until the next step. `chance` 0…1: checks of many sites shall not keep step (§5.1). One that
  /// was not answered is repeated sooner than the four seconds of the RFC: of a line that loses 30
  /// % each way half of them come back, and six in 30 s would end a session every ten minutes.
  Duration until_next(TimePoint now, TimePoint heard, double chance) const noexcept {
    const Duration interval = now - answered_ < kChecked ? kPeriod : kRepeat;
    const auto spread = std::chrono::duration_cast<Duration>(interval * (0.8 + 0.4 * chance));
    return std::max(std::min({spread, answered_ + kExpires - now, heard + kSilence - now}),
                    Duration(std::chrono::milliseconds(1)));
  }

 private:
  static constexpr Duration kPeriod = std::chrono::seconds(5), kRepeat = std::chrono::seconds(2);
  static constexpr Duration kChecked = std::chrono::seconds(2);
  TimePoint answered_{};
};

}  // namespace diemcau::media
