#pragma once
// Keeps sound going when a line chokes: the moment the estimator says so pictures are held on the
// transport loop itself, without a trip to the conference; then they are paced to what the line is
// known to carry. Lives on the session's loop.

#include <memory>

#include "media/rtp/bandwidth_estimator.hpp"
#include "media/rtp/video_pacer.hpp"

namespace diemcau::media {

class LineGuard {
 public:
  explicit LineGuard(std::unique_ptr<BandwidthEstimator> estimator)
      : estimator_(std::move(estimator)) {}

  BandwidthEstimator& estimator() noexcept { return *estimator_; }
  VideoPacer& pacer() noexcept { return pacer_; }

  /// What the conference takes the line for, bit/s; 0: not thin.
  void set_line(double bits_per_second) noexcept;
  /// What sound takes of it, bit/s.
  void set_sound(double bits_per_second) noexcept;
  /// True once when pictures must stop now; they are held from here on.
  bool choked(TimePoint now) noexcept;
  LineEstimate estimate(TimePoint now) const noexcept { return estimator_->estimate(now); }
  void tick(TimePoint now) noexcept;
  /// Something of it hangs on time: a choke, or pictures that are paced or held.
  bool busy(TimePoint now) const noexcept {
    return choked_at_ != TimePoint{} || pacer_.on() || pacer_.held(now);
  }

  /// bit/s that repairs of pictures may take; 0: no limit from the line.
  double repair_rate() const noexcept { return pacer_.rate() * kRepairShare; }

 private:
  static constexpr double kRepairShare = 0.3;
  void pace() noexcept;

  std::unique_ptr<BandwidthEstimator> estimator_;
  VideoPacer pacer_;
  double line_ = 0, sound_ = 80'000;
  double choked_to_ = 0;
  TimePoint choked_at_{};
};

}  // namespace diemcau::media
