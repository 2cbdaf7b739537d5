#pragma once
// One received packet of sound on its way from a transport loop to the mix thread: fixed size, so
// that the queue between them never allocates; a move copies the used bytes only.

#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/clock.hpp"

namespace diemcau::media {

class AudioPacket {
 public:
  /// An Opus frame has at most 1 275 bytes (RFC 6716 §3.4); RED of a usual MTU fits as well.
  static constexpr std::size_t kMaxPayload = 1280;

  std::int64_t index = 0;
  std::uint32_t timestamp = 0;
  TimePoint arrived{};
  std::uint8_t level = 127;  // RFC 6464
  bool metered = false;      // this source is known to send levels
  bool red = false;
  bool end_of_speech = false;  // the silence gate closed behind this packet
  bool timing_only = false;    // inaudible: no payload, but its arrival tells of the line

  AudioPacket() noexcept {}
  AudioPacket(AudioPacket&& other) noexcept { *this = std::move(other); }
  AudioPacket& operator=(AudioPacket&& other) noexcept {
    if (this == &other) return *this;
    index = other.index;
    timestamp = other.timestamp;
    arrived = other.arrived;
    level = other.level;
    metered = other.metered;
    red = other.red;
    end_of_speech = other.end_of_speech;
    timing_only = other.timing_only;
    size_ = other.size_;
    std::memcpy(bytes_.data(), other.bytes_.data(), size_);
    return *this;
  }

  std::span<const std::uint8_t> payload() const noexcept { return {bytes_.data(), size_}; }
  /// False when it does not fit.
  bool set_payload(std::span<const std::uint8_t> payload) noexcept {
    if (payload.size() > kMaxPayload) return false;
    size_ = payload.size();
    if (size_ != 0) std::memcpy(bytes_.data(), payload.data(), size_);
    return true;
  }

 private:
  std::size_t size_ = 0;
  std::array<std::uint8_t, kMaxPayload> bytes_;  // only the first size_ are ever read
};

}  // namespace diemcau::media
