#pragma once
// What a machine that is short gives up, and in which order: the wall, then 1080p, then frame rate;
// never sound. Down after a few bad seconds, back up by trial with back-off, so that what was shed
// for good reason does not come and go.

#include <string>
#include <vector>

#include "base/clock.hpp"

namespace diemcau::mcu {

class LoadPolicy {
 public:
  /// Of the last second.
  struct Load {
    double cpu = 0;            // of all cores, 0…1, this process
    double ticks_skipped = 0;  // pictures and 20 ms of sound that were not made in time
  };
  static constexpr int kMostLevel = 3;

  /// `strained`: above this share of all cores the machine is short; it is easy again below seven
  /// tenths of it. 1 and more: nothing is ever shed, late ticks or not.
  explicit LoadPolicy(double strained = 0.85) : strained_(strained) {}

  /// Once a second. Returns the level, 0…3.
  int update(const Load& load, TimePoint now);
  int level() const noexcept { return level_; }

 private:
  double strained_;
  int level_ = 0;
  int strained_seconds_ = 0;
  TimePoint easy_since_{}, stepped_down_{}, restored_{};
  Duration patience_ = std::chrono::seconds(15);
  bool started_ = false, restored_once_ = false;
};

/// "wall", "1080p", "frame_rate": what is shed at a level.
std::vector<std::string> shed_at(int level);
constexpr bool sheds_wall(int level) {
  return level >= 1;
}
constexpr bool sheds_1080p(int level) {
  return level >= 2;
}
constexpr bool sheds_frame_rate(int level) {
  return level >= 3;
}

}  // namespace diemcau::mcu
