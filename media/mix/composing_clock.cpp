#include "media/mix/composing_clock.hpp"

#include <algorithm>

namespace diemcau::media {

namespace {
constexpr std::int64_t kSecond = 1'000'000'000;
/// From a frame's being ready to the reading of it: threads wake up late by some of this.
constexpr std::int64_t kGuard = 700'000;
/// Mean square wait, as a part of that of frames that come at any time, up to which a phase is
/// worth seeking. 15 frames/s against 25 have 0.55, 30 have 0.83.
constexpr double kWorth = 0.5;
/// What counts as a better phase: among equals the nearest is taken, and none is sought for less
/// than this, so that the clock does not wander between them.
constexpr double better_than(double cost) {
  return std::max(0.002, 0.1 * cost);
}
constexpr std::int64_t kDeadBand = 250'000;
constexpr Duration kForget = std::chrono::seconds(2);
constexpr std::size_t kSeekEvery = 8;  // frames

std::int64_t floor_mod(std::int64_t value, std::int64_t by) {
  const std::int64_t rest = value % by;
  return rest < 0 ? rest + by : rest;
}
std::int64_t since_epoch(TimePoint at) {
  return at.time_since_epoch().count();
}
}  // namespace

ComposingClock::ComposingClock(TimePoint start, int frames_per_second)
    : frames_per_second_(frames_per_second), period_(kSecond / frames_per_second), start_(start) {}

TimePoint ComposingClock::time_of(std::int64_t tick) const noexcept {
  // Counted from the start, so that the rate is exact and rounding never adds up.
  return start_ + Duration(tick * kSecond / frames_per_second_) + shift_;
}

TimePoint ComposingClock::next() const noexcept {
  return time_of(tick_);
}

ComposingClock::Tick ComposingClock::begin(TimePoint now) {
  Tick due;
  while (time_of(tick_ + 1) <= now) {
    ++tick_;
    ++due.skipped;
  }
  due.at = time_of(tick_++);
  shift_ += drift();
  return due;
}

void ComposingClock::set_rate(int frames_per_second) {
  if (frames_per_second == frames_per_second_) return;
  start_ = next();
  tick_ = 0;
  shift_ = {};
  frames_per_second_ = frames_per_second;
  period_ = kSecond / frames_per_second;
  frames_ = 0;
  target_.reset();
}

void ComposingClock::follow(std::optional<SourceId> site) {
  if (site == site_) return;
  site_ = site;
  frames_ = 0;
  target_.reset();
}

void ComposingClock::on_frame(TimePoint ready) {
  if (frames_ > 0 && ready - last_frame_ > kForget) {
    frames_ = 0;
    target_.reset();
  }
  last_frame_ = ready;
  phases_[frames_++ % kWindow] = floor_mod(since_epoch(ready), period_);
  if (frames_ >= kLeastFrames && frames_ % kSeekEvery == 0) seek();
}

std::int64_t ComposingClock::wait(std::int64_t ready, std::int64_t at) const noexcept {
  return floor_mod(at - kGuard - ready, period_);
}

double ComposingClock::cost(std::int64_t at) const noexcept {
  const std::size_t n = std::min(frames_, kWindow);
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double share = static_cast<double>(wait(phases_[i], at)) / static_cast<double>(period_);
    sum += share * share;
  }
  return 3 * sum / static_cast<double>(n);  // 1 for frames that come at any time
}

void ComposingClock::seek() {
  const std::int64_t here = floor_mod(since_epoch(next()), period_);
  const std::size_t n = std::min(frames_, kWindow);
  std::array<double, kWindow> costs{};
  double best = 1;
  for (std::size_t i = 0; i < n; ++i) {
    costs[i] = cost(floor_mod(phases_[i] + kGuard, period_));
    best = std::min(best, costs[i]);
  }
  target_.reset();
  if (best > kWorth || cost(here) - best < better_than(best)) return;
  std::int64_t nearest = period_;
  for (std::size_t i = 0; i < n; ++i) {
    if (costs[i] > best + better_than(best) / 2) continue;
    const std::int64_t at = floor_mod(phases_[i] + kGuard, period_);
    const std::int64_t ahead = floor_mod(at - here, period_);
    const std::int64_t away = std::min(ahead, period_ - ahead);
    if (away >= nearest) continue;
    nearest = away;
    target_ = at;
  }
}

Duration ComposingClock::drift() {
  if (!target_) return {};
  std::int64_t away = floor_mod(*target_ - since_epoch(next()), period_);
  if (away > period_ / 2) away -= period_;
  if (std::abs(away) < kDeadBand) return {};
  return Duration(std::clamp<std::int64_t>(away, -kMostDrift.count(), kMostDrift.count()));
}

}  // namespace diemcau::media
