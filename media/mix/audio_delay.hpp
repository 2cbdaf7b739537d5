#pragma once
// How much delay a source's sound needs, learnt from when its packets came.
//
// The transit of a packet is its arrival minus its timestamp, in samples: an unknown constant plus
// what the network and the sender's scheduling added. The smallest transit of the last seconds is
// the base; what a packet has above it is its lateness, and the target delay covers nearly all of
// the latenesses seen. The base moves with the drift between the site's clock and ours.

#include <array>
#include <cstdint>
#include <limits>

#include "base/clock.hpp"
#include "media/mix/audio_format.hpp"

namespace diemcau::media {

class AudioDelayEstimator {
 public:
  static constexpr std::int64_t kStart = ms_samples(40);
  static constexpr std::int64_t kLeast = ms_samples(20);
  static constexpr std::int64_t kMost = ms_samples(200);

  void on_packet(std::int64_t timestamp, TimePoint arrived, int duration) noexcept;
  /// A packet is missing: for the next ten seconds the target leaves room for the one behind it,
  /// which carries its redundancy.
  void on_loss(TimePoint now) noexcept { last_loss_ = now; }

  /// Nothing heard of lately: the base has run out and anything may come.
  bool fresh(TimePoint now) const noexcept;
  /// Samples; meaningful unless fresh().
  std::int64_t base() const noexcept { return base_; }
  /// Wanted delay above the base: samples, kLeast … kMost.
  std::int64_t target(TimePoint now) const noexcept;
  void reset() noexcept { *this = AudioDelayEstimator(); }

 private:
  static constexpr int kSeconds = 8;  // the base is the minimum over this window
  static constexpr int kBins = 64;
  static constexpr std::int64_t kBin = ms_samples(5);
  static constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();

  std::array<std::int64_t, kSeconds> least_ = [] {
    std::array<std::int64_t, kSeconds> a{};
    a.fill(kNone);
    return a;
  }();
  std::int64_t second_ = 0;  // of the newest bucket
  std::int64_t base_ = 0;
  bool any_ = false;
  TimePoint last_arrival_{};
  TimePoint last_loss_{TimePoint::min()};
  int duration_ = kTickSamples;
  std::array<float, kBins> lateness_{};  // forgets with a half-life of some four seconds
  float weight_ = 0;
  std::int64_t percentile_ = 0;
};

}  // namespace diemcau::media
