#include "mcu/conference/rendition_policy.hpp"

#include <algorithm>

namespace diemcau::mcu {

using media::Quality;

namespace {
constexpr double kLossBad = 0.08, kLossClean = 0.02;
constexpr int kBadSecondsToStepDown = 2;
constexpr Duration kFirstPatience = std::chrono::seconds(10);
constexpr Duration kLongestPatience = std::chrono::seconds(120);
constexpr Duration kTrial = std::chrono::seconds(15);  // a step up that lasts this long succeeded
}  // namespace

Quality RenditionPolicy::update(const Line& line, TimePoint now) {
  if (!started_) {
    started_ = true;
    good_since_ = now;
  }
  const bool choked = line.estimate > 0 && line.sent > 0 && line.estimate < 0.8 * line.sent;
  const bool bad = choked || line.fraction_lost > kLossBad;
  if (bad || line.fraction_lost > kLossClean) good_since_ = now;
  bad_seconds_ = bad ? bad_seconds_ + 1 : 0;

  if (quality_ == Quality::p720) {
    if (now - went_up_ >= kTrial) patience_ = std::max(kFirstPatience, patience_ / 2);
    if (bad_seconds_ >= kBadSecondsToStepDown) {
      if (now - went_up_ < kTrial) patience_ = std::min(kLongestPatience, patience_ * 2);
      quality_ = Quality::p360;
      bad_seconds_ = 0;
      good_since_ = now;
    }
  } else if (now - good_since_ >= patience_) {
    quality_ = Quality::p720;
    went_up_ = now;
  }
  return quality_;
}

}  // namespace diemcau::mcu
