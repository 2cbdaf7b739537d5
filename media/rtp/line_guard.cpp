#include "media/rtp/line_guard.hpp"

#include <algorithm>

namespace diemcau::media {

namespace {
using std::chrono::milliseconds;
// Long enough for what stands in front of a narrow line to drain, short enough that the picture is
// back within the second.
constexpr Duration kLeastHold = milliseconds(250), kMostHold = milliseconds(800);
// Until the conference has said what the line is, it is what came through.
constexpr Duration kUntilTold = milliseconds(1500);
constexpr double kShare = 0.9;
constexpr double kLeastPicture = 24'000;  // bit/s
// What a choke lets through is measured low, and sound is about to become thin.
constexpr double kLeastShare = 0.35;
}  // namespace

void LineGuard::set_line(double bits_per_second) noexcept {
  line_ = bits_per_second;
  pace();
}

void LineGuard::set_sound(double bits_per_second) noexcept {
  sound_ = bits_per_second;
  pace();
}

bool LineGuard::choked(TimePoint now) noexcept {
  if (!estimator_->take_choke()) return false;
  const LineEstimate line = estimator_->estimate(now);
  choked_at_ = now;
  choked_to_ = line.bitrate;
  pacer_.hold(now + std::clamp<Duration>(line.round_trip, kLeastHold, kMostHold));
  pace();
  return true;
}

void LineGuard::tick(TimePoint now) noexcept {
  if (choked_at_ == TimePoint{} || now - choked_at_ < kUntilTold) return;
  choked_at_ = {};
  choked_to_ = 0;
  pace();
}

void LineGuard::pace() noexcept {
  double line = line_;
  if (choked_to_ > 0) line = line > 0 ? std::min(line, choked_to_) : choked_to_;
  pacer_.set_rate(line > 0 ? std::max({kLeastPicture, kLeastShare * line, kShare * line - sound_})
                           : 0);
}

}  // namespace diemcau::media
