#include "media/mix/audio_delay.hpp"

#include <algorithm>

namespace diemcau::media {

namespace {
constexpr float kForget = 0.9965F;  // per packet; half of the weight is 200 packets old
constexpr float kCovered = 0.98F;   // share of packets that shall be in time
constexpr float kTrusted = 20;      // packets before the start value gives way
// A tick takes 20 ms at once and may start in the middle of a packet; the rest is tolerance.
constexpr std::int64_t kMargin = ms_samples(25);
constexpr Duration kLossMemory = std::chrono::seconds(10);
}  // namespace

bool AudioDelayEstimator::fresh(TimePoint now) const noexcept {
  return !any_ || now - last_arrival_ > std::chrono::seconds(kSeconds);
}

void AudioDelayEstimator::on_packet(std::int64_t timestamp, TimePoint arrived,
                                    int duration) noexcept {
  const std::int64_t transit = to_samples(arrived) - timestamp;
  const std::int64_t second =
      std::chrono::duration_cast<std::chrono::seconds>(arrived.time_since_epoch()).count();
  if (fresh(arrived)) least_.fill(kNone);
  if (!any_) second_ = second;
  for (; second_ < second && second - second_ <= kSeconds; ++second_)
    least_[static_cast<std::size_t>((second_ + 1) % kSeconds)] = kNone;
  second_ = std::max(second_, second);
  auto& bucket = least_[static_cast<std::size_t>(second_ % kSeconds)];
  bucket = std::min(bucket, transit);
  base_ = *std::min_element(least_.begin(), least_.end());
  any_ = true;
  last_arrival_ = std::max(last_arrival_, arrived);
  duration_ = duration;

  for (float& bin : lateness_) bin *= kForget;
  const auto bin = std::clamp<std::int64_t>((transit - base_) / kBin, 0, kBins - 1);
  lateness_[static_cast<std::size_t>(bin)] += 1;
  weight_ = weight_ * kForget + 1;
  float seen = 0;
  std::size_t i = 0;
  while (i + 1 < lateness_.size() && (seen += lateness_[i]) < kCovered * weight_) ++i;
  // The first bin is what a quiet line gives; later ones count with their upper edge.
  percentile_ = i == 0 ? 0 : static_cast<std::int64_t>(i + 1) * kBin;
}

std::int64_t AudioDelayEstimator::target(TimePoint now) const noexcept {
  std::int64_t wanted = percentile_ + kMargin;
  if (weight_ < kTrusted) wanted = std::max(wanted, kStart);
  if (last_loss_ != TimePoint::min() && now - last_loss_ < kLossMemory) wanted += duration_;
  return std::clamp(wanted, kLeast, kMost);
}

}  // namespace diemcau::media
