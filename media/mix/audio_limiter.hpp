#pragma once
// Keeps a sum of voices inside −1 … 1: gain goes down within a tick where it must, comes back
// slowly, and a soft knee catches what is left.

#include <span>

namespace diemcau::media {

class AudioLimiter {
 public:
  void process(std::span<float> block) noexcept;  // a multiple of 120 samples

 private:
  float gain_ = 1;
};

}  // namespace diemcau::media
