#pragma once
// What arrived of one RTP stream, from its clear headers: packets, and numbers that never came.
// Pure.

#include <cstdint>

namespace diemcau::bench {

class StreamCount {
 public:
  explicit StreamCount(std::uint32_t ssrc) noexcept : ssrc_(ssrc) {}

  void add(std::uint16_t sequence) noexcept {
    if (packets_ == 0) {
      first_ = highest_ = sequence;
    } else {
      // RFC 1982: the nearest number, before or behind.
      const auto step = static_cast<std::int16_t>(sequence - static_cast<std::uint16_t>(highest_));
      if (step > 0) highest_ += step;
    }
    ++packets_;
  }
  std::uint32_t ssrc() const noexcept { return ssrc_; }
  std::int64_t packets() const noexcept { return packets_; }
  /// Extended, beginning with the first packet's own number.
  std::int64_t highest() const noexcept { return highest_; }
  /// As RFC 3550 §A.3: negative when packets came twice.
  std::int64_t lost() const noexcept {
    return packets_ == 0 ? 0 : highest_ - first_ + 1 - packets_;
  }

 private:
  std::uint32_t ssrc_;
  std::int64_t first_ = 0, highest_ = 0, packets_ = 0;
};

}  // namespace diemcau::bench
