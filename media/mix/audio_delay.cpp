#include "media/mix/audio_delay.hpp"

#include <algorithm>

namespace diemcau::media {

namespace {
constexpr float kForget = 0.994F;  // per packet; half of the weight is 115 packets old
constexpr float kCovered = 0.98F;  // share of packets that shall be in time, whatever it costs
// What costs little is covered further: a clean line has its hiccups, and none shall be heard.
constexpr float kCoveredCheaply = 0.998F;
constexpr std::int64_t kCheap = ms_samples(10);
constexpr float kTrusted = 20;  // packets before the start value gives way
constexpr float kRescale = 1e6F;
constexpr Duration kLossMemory = std::chrono::seconds(10);
}  // namespace

bool AudioDelayEstimator::fresh(TimePoint now) const noexcept {
  return !any_ || now - last_arrival_ > std::chrono::seconds(kSeconds);
}

void AudioDelayEstimator::find_base(std::int64_t transit, TimePoint arrived) noexcept {
  const std::int64_t second =
      std::chrono::duration_cast<std::chrono::seconds>(arrived.time_since_epoch()).count();
  if (fresh(arrived)) least_.fill(kNone);
  if (!any_) second_ = second;
  for (; second_ < second && second - second_ <= kSeconds; ++second_)
    least_[static_cast<std::size_t>((second_ + 1) % kSeconds)] = kNone;
  second_ = std::max(second_, second);
  auto& bucket = least_[static_cast<std::size_t>(second_ % kSeconds)];
  bucket = std::min(bucket, transit);
  const std::int64_t before = base_;
  base_ = *std::min_element(least_.begin(), least_.end());
  // The shortest way of before is no more: what was late above it is less late above this one.
  const std::int64_t rise = any_ ? (base_ - before) / kBin : 0;
  if (rise <= 0) return;
  const auto bins = std::min(static_cast<std::size_t>(rise), kBins - 1);
  for (std::size_t i = 1; i <= bins; ++i) lateness_[0] += lateness_[i];
  std::copy(lateness_.begin() + static_cast<std::ptrdiff_t>(bins) + 1, lateness_.end(),
            lateness_.begin() + 1);
  std::fill(lateness_.end() - static_cast<std::ptrdiff_t>(bins), lateness_.end(), 0.0F);
}

std::int64_t AudioDelayEstimator::lateness_under(float share) const noexcept {
  float seen = 0;
  const float wanted = share * weight_ * unit_;
  std::size_t i = 0;
  while (i + 1 < kBins && (seen += lateness_[i]) < wanted) ++i;
  return static_cast<std::int64_t>(i + 1) * kBin;  // the upper edge
}

void AudioDelayEstimator::count(std::int64_t lateness) noexcept {
  unit_ /= kForget;
  weight_ = weight_ * kForget + 1;
  const auto bin = std::clamp<std::int64_t>(lateness / kBin, 0, std::int64_t{kBins} - 1);
  lateness_[static_cast<std::size_t>(bin)] += unit_;
  covered_ = std::max(lateness_under(kCovered), std::min(lateness_under(kCoveredCheaply), kCheap));
  if (unit_ < kRescale) return;
  for (float& b : lateness_) b /= unit_;
  unit_ = 1;
}

void AudioDelayEstimator::on_content(std::int64_t timestamp, TimePoint arrived,
                                     int duration) noexcept {
  const std::int64_t transit = to_samples(arrived) - timestamp;
  find_base(transit, arrived);
  any_ = true;
  last_arrival_ = std::max(last_arrival_, arrived);
  if (duration > 0) duration_ = duration;
  grid_ = timestamp;
  count(transit - base_);
}

std::int64_t AudioDelayEstimator::cover(TimePoint now) const noexcept {
  std::int64_t wanted = covered_;
  if (weight_ < kTrusted) wanted = std::max(wanted, kStart - kMargin);
  if (last_loss_ != TimePoint::min() && now - last_loss_ < kLossMemory)
    wanted = std::max<std::int64_t>(wanted, duration_);
  return std::min(wanted + kMargin, kMost);
}

std::int64_t AudioDelayEstimator::target(TimePoint tick, std::int64_t ease) const noexcept {
  const std::int64_t covered = cover(tick) + ease;
  // Shorter packets than a tick: the last of several decides. Longer ones: their ticks are whole
  // ticks apart, and the one that ends a packet leaves the next its 20 ms.
  const std::int64_t grid = std::min<std::int64_t>(duration_, kTickSamples);
  const std::int64_t since = to_samples(tick) - base_ - grid_;
  const std::int64_t phase = ((since % grid) + grid) % grid;  // an on-time packet's age
  const std::int64_t packets = std::max<std::int64_t>(0, (covered - phase + grid - 1) / grid);
  return phase + packets * grid + kTickSamples - grid;
}

}  // namespace diemcau::media
