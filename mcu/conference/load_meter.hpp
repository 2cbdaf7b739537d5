#pragma once
// How hard the process works: its CPU time and the mixers' ticks skipped since the last reading.
// Lives on whoever reads it, one thread or strand.

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "mcu/conference/load_policy.hpp"

namespace diemcau::mcu {

class LoadMeter {
 public:
  explicit LoadMeter(Metrics& metrics);

  /// Since the last reading; the first gives nothing used.
  LoadPolicy::Load read(TimePoint now);
  /// For /metrics.
  void show(const LoadPolicy::Load& load, int level);

 private:
  Counter& pictures_skipped_;
  Counter& sound_skipped_;
  Gauge& level_;
  Gauge& cpu_;
  TimePoint last_{};
  Duration used_{};
  std::uint64_t skipped_ = 0;
  bool started_ = false;
};

}  // namespace diemcau::mcu
