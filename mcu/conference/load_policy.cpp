#include "mcu/conference/load_policy.hpp"

#include <algorithm>

namespace diemcau::mcu {

namespace {
constexpr double kEasy = 0.7;         // of what strains
constexpr double kStrainedTicks = 3;  // a second; one now and then is a scheduler's hiccup
constexpr int kStrainedSeconds = 3;
// A step must have had its effect before the next is judged.
constexpr Duration kSettle = std::chrono::seconds(5);
constexpr Duration kTrial = std::chrono::seconds(30);  // a step back up that lasts this succeeded
constexpr Duration kFirstPatience = std::chrono::seconds(15);
constexpr Duration kLongestPatience = std::chrono::seconds(240);
}  // namespace

int LoadPolicy::update(const Load& load, TimePoint now) {
  if (strained_ >= 1) return level_;
  if (!started_) {
    started_ = true;
    easy_since_ = now;
  }
  const bool strained = load.cpu > strained_ || load.ticks_skipped >= kStrainedTicks;
  const bool easy = load.cpu < kEasy * strained_ && load.ticks_skipped < 1;
  if (!easy) easy_since_ = now;
  strained_seconds_ = strained ? strained_seconds_ + 1 : 0;
  const bool on_trial = restored_once_ && now - restored_ < kTrial;

  if (strained_seconds_ >= kStrainedSeconds && level_ < kMostLevel &&
      (level_ == 0 || now - stepped_down_ >= kSettle)) {
    ++level_;
    stepped_down_ = now;
    strained_seconds_ = 0;
    if (on_trial) patience_ = std::min(kLongestPatience, patience_ * 2);
    restored_once_ = false;
  } else if (level_ > 0 && now - easy_since_ >= patience_) {
    --level_;
    easy_since_ = now;
    restored_ = now;
    restored_once_ = true;
  } else if (restored_once_ && !on_trial) {
    restored_once_ = false;
    patience_ = std::max(kFirstPatience, patience_ / 2);
  }
  return level_;
}

std::vector<std::string> shed_at(int level) {
  std::vector<std::string> out;
  if (sheds_wall(level)) out.emplace_back("wall");
  if (sheds_1080p(level)) out.emplace_back("1080p");
  if (sheds_frame_rate(level)) out.emplace_back("frame_rate");
  return out;
}

}  // namespace diemcau::mcu
