#pragma once
// How much delay a source's sound needs, learnt from when it came.
//
// The transit of a packet is its arrival minus its timestamp, in samples: an unknown constant plus
// what the network and the sender's scheduling added. The smallest transit of the last seconds is
// the base; what a packet has above it is its lateness, and the cover is what nearly all of the
// latenesses seen lie under. The base moves with the drift between the site's clock and ours.
//
// What is lost has a lateness too: that of the redundancy or retransmission which brought it. So a
// line that loses packets gets the delay its repair needs, round trip included, and no other does.

#include <array>
#include <cstdint>
#include <limits>

#include "base/clock.hpp"
#include "media/mix/audio_format.hpp"

namespace diemcau::media {

class AudioDelayEstimator {
 public:
  static constexpr std::int64_t kStart = ms_samples(15);
  static constexpr std::int64_t kMargin = ms_samples(2);  // of the cover, above what was seen
  static constexpr std::int64_t kMost = ms_samples(260);
  /// Above the least delay: what a position is begun with, so that the next small change of the
  /// line does not ask for another at once.
  static constexpr std::int64_t kEase = ms_samples(1);

  /// Sound that came for the first time, in whatever way. `duration` of its packet in samples, 0:
  /// as the one before.
  void on_content(std::int64_t timestamp, TimePoint arrived, int duration) noexcept;
  /// A packet is missing: for the next ten seconds the cover leaves room for the one behind it,
  /// which carries its redundancy.
  void on_loss(TimePoint now) noexcept { last_loss_ = now; }

  /// Nothing heard of lately: the base has run out and anything may come.
  bool fresh(TimePoint now) const noexcept;
  /// Samples; meaningful unless fresh().
  std::int64_t base() const noexcept { return base_; }
  /// Lateness that shall do no harm: samples, kMargin … kMost.
  std::int64_t cover(TimePoint now) const noexcept;
  /// The least delay above the base with which a tick at `tick` finds all it takes, every packet
  /// being up to cover() + `ease` late. A tick takes 20 ms at once, so this depends on where
  /// between two packets it falls: with packets of 20 ms it is cover() … cover() + 20 ms.
  std::int64_t target(TimePoint tick, std::int64_t ease = 0) const noexcept;
  /// How much longer than it had to an on-time packet, with `ease`, waits for a tick at `tick`:
  /// samples, 0 up to a tick. That much earlier it would have found its sound as well.
  std::int64_t spare(TimePoint tick, std::int64_t ease) const noexcept {
    const std::int64_t grid = duration_ < kTickSamples ? duration_ : kTickSamples;
    return target(tick, ease) - cover(tick) - ease - (kTickSamples - grid);
  }
  void reset() noexcept { *this = AudioDelayEstimator(); }

 private:
  static constexpr int kSeconds = 8;  // the base is the minimum over this window
  static constexpr std::size_t kBins = 272;
  static constexpr std::int64_t kBin = ms_samples(1);
  static constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();

  void find_base(std::int64_t transit, TimePoint arrived) noexcept;
  void count(std::int64_t lateness) noexcept;

  std::array<std::int64_t, kSeconds> least_ = [] {
    std::array<std::int64_t, kSeconds> a{};
    a.fill(kNone);
    return a;
  }();
  std::int64_t second_ = 0;  // of the newest bucket
  std::int64_t base_ = 0;
  std::int64_t grid_ = 0;  // some packet's timestamp
  bool any_ = false;
  TimePoint last_arrival_{};
  TimePoint last_loss_{TimePoint::min()};
  int duration_ = kTickSamples;
  std::int64_t lateness_under(float share) const noexcept;

  // Older counts weigh less because newer ones weigh more: half of the weight is two seconds old.
  std::array<float, kBins> lateness_{};
  float unit_ = 1;    // what the newest counts
  float weight_ = 0;  // of all, in that unit
  std::int64_t covered_ = 0;
};

}  // namespace diemcau::media
