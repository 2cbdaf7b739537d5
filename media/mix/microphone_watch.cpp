#include "media/mix/microphone_watch.hpp"

#include <algorithm>
#include <cmath>

#include "media/mix/audio_format.hpp"

namespace diemcau::media {

void SilenceWatch::look(std::optional<std::uint8_t> loudest, TimePoint now) noexcept {
  if (!loudest) {
    since_.reset();
    return;
  }
  if (*loudest <= kAudible) silent_ = false;
  if (*loudest < kSilent) {
    since_.reset();
    return;
  }
  if (!since_) since_ = now;
  if (now - *since_ >= kAfter) silent_ = true;
}

void SilenceWatch::reset() noexcept {
  since_.reset();
  silent_ = false;
}

void ClippingWatch::tick(std::span<const float> sound) noexcept {
  if (level_dbov(sound) < kSounding) return;
  const auto full =
      std::count_if(sound.begin(), sound.end(), [](float s) { return std::fabs(s) >= kFull; });
  const bool cut = static_cast<float>(full) > kMostFull * static_cast<float>(sound.size());
  seen_ = std::min(seen_ + 1, kMemory);
  share_ += ((cut ? 1.0F : 0.0F) - share_) / static_cast<float>(seen_);
  if (seen_ < kLeast) return;
  if (share_ >= kBegin) clipping_ = true;
  if (share_ <= kEnd) clipping_ = false;
}

}  // namespace diemcau::media
