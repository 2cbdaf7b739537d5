#pragma once
// How often something costly is done when it is asked for again and again: at once after a quiet
// gap, else when the gap is over, and once for all who asked.

#include "base/clock.hpp"

namespace diemcau::mcu {

class Batching {
 public:
  explicit Batching(Duration gap) : gap_(gap) {}

  /// It is wanted. True: do it now.
  bool ask(TimePoint now) {
    wanted_ = true;
    return due(now);
  }
  /// True when somebody asked and the gap is over: do it now.
  bool due(TimePoint now) const { return wanted_ && (!done_ || now - last_ >= gap_); }
  void done(TimePoint now) {
    wanted_ = false;
    done_ = true;
    last_ = now;
  }

 private:
  const Duration gap_;
  TimePoint last_{};
  bool wanted_ = false, done_ = false;
};

}  // namespace diemcau::mcu
