#pragma once
// RTP payloads in order → one whole coded frame, as a decoder takes it: of H.264 NAL units behind
// start codes (RFC 6184, packetisation modes 0 and 1), of VP8 the bytes behind the descriptors
// (RFC 7741). Where a frame begins and ends is the caller's to see.

#include <cstdint>
#include <span>
#include <vector>

#include "media/stream/codec.hpp"

namespace diemcau::media {

class FrameAssembler {
 public:
  /// Of one frame; a key frame of 1080p has some 300 kB.
  static constexpr std::size_t kMostBytes = std::size_t{2} << 20;

  explicit FrameAssembler(Codec codec) noexcept : codec_(codec) {}

  /// False when the payload is none of this frame's next: malformed, a fragment without its
  /// beginning, more than the bound. The frame is then of no use.
  bool add(std::span<const std::uint8_t> payload);
  bool empty() const noexcept { return bytes_.empty(); }
  /// The frame, if all that was begun in it was ended; else nothing. Another begins, in the memory
  /// of `next`.
  std::vector<std::uint8_t> take(std::vector<std::uint8_t> next = {});
  /// Another frame begins.
  void give_up() noexcept;

 private:
  bool add_h264(std::span<const std::uint8_t> payload);
  bool add_aggregate(std::span<const std::uint8_t> units);
  bool add_fragment(std::span<const std::uint8_t> payload);
  bool add_vp8(std::span<const std::uint8_t> payload);
  bool begin_unit(std::uint8_t header);
  bool append(std::span<const std::uint8_t> bytes);

  Codec codec_;
  std::vector<std::uint8_t> bytes_;
  bool fragment_open_ = false;
};

}  // namespace diemcau::media
