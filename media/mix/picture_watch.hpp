#pragma once
// Tells a black and a frozen camera from decoded pictures that are at hand anyway: a few hundred
// samples of luma, once a second. Pure: pictures in, with time. Lives on the picture mixer's
// thread.

#include <cstdint>
#include <optional>

#include "base/clock.hpp"
#include "media/mix/i420_frame.hpp"

namespace diemcau::media {

class PictureWatch {
 public:
  static constexpr Duration kEvery = std::chrono::seconds(1);
  static constexpr int kColumns = 48, kRows = 27;
  /// Limited-range luma: black is 16, a dim hall above 30; a lens cover has no contrast.
  static constexpr double kBlackMean = 24, kBlackDeviation = 4;
  static constexpr double kSeenMean = 28, kSeenDeviation = 6;  // either ends it
  static constexpr Duration kBlackAfter = std::chrono::seconds(5);
  /// Not one sample changes, though pictures come. A still hall has a camera's noise; what an
  /// encoder smooths away of it comes back with the next key frame.
  static constexpr Duration kFrozenAfter = std::chrono::seconds(30);

  /// A new picture; looks at one a second. True when black() or frozen() changed.
  bool look(const I420View& picture, TimePoint now) noexcept;

  bool black() const noexcept { return black_; }
  bool frozen() const noexcept { return frozen_; }

 private:
  std::optional<TimePoint> looked_, black_since_;
  TimePoint same_since_{};
  std::uint64_t print_ = 0;
  bool black_ = false, frozen_ = false;
};

}  // namespace diemcau::media
