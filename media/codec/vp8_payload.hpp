#pragma once
// The VP8 payload descriptor (RFC 7741 §4.2), and its numbers rewritten in place.

#include <cstdint>
#include <optional>
#include <span>

namespace diemcau::media {

struct Vp8Descriptor {
  bool non_reference = false;       // N
  bool start_of_partition = false;  // S
  std::uint8_t partition = 0;       // PID
  std::uint8_t size = 0;            // bytes of the descriptor
  std::uint8_t picture_id_at = 0;   // offset of the first byte of PictureID; 0: absent
  bool long_picture_id = false;     // M: 15 bits, else 7
  std::uint16_t picture_id = 0;
  std::uint8_t tl0_at = 0;  // offset of TL0PICIDX; 0: absent
  std::uint8_t tl0_picture_index = 0;
  std::optional<std::uint8_t> temporal_layer;

  bool starts_frame() const noexcept { return start_of_partition && partition == 0; }
};

/// Nothing when the descriptor is cut short.
std::optional<Vp8Descriptor> parse_vp8_descriptor(std::span<const std::uint8_t> payload) noexcept;

/// True for the first packet of a key frame: the frame header (RFC 6386 §9.1) follows the
/// descriptor, and its lowest bit is 0 in a key frame.
bool vp8_starts_key_frame(std::span<const std::uint8_t> payload) noexcept;

/// Adds to PictureID (modulo its own width) and TL0PICIDX in place, where they are present.
/// Returns the descriptor as it is then.
std::optional<Vp8Descriptor> shift_vp8_numbers(std::span<std::uint8_t> payload,
                                               std::uint16_t picture_id_by,
                                               std::uint8_t tl0_by) noexcept;

}  // namespace diemcau::media
