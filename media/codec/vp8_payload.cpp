#include "media/codec/vp8_payload.hpp"

#include <cstddef>

namespace diemcau::media {

std::optional<Vp8Descriptor> parse_vp8_descriptor(std::span<const std::uint8_t> payload) noexcept {
  //  0 1 2 3 4 5 6 7
  // |X|R|N|S|R| PID |   required
  // |I|L|T|K| RSV   |   if X
  // |M| PictureID   |   if I; with M a second byte
  // |   TL0PICIDX   |   if L
  // |TID|Y| KEYIDX  |   if T or K
  if (payload.empty()) return std::nullopt;
  Vp8Descriptor d;
  const std::uint8_t first = payload[0];
  d.non_reference = (first & 0x20) != 0;
  d.start_of_partition = (first & 0x10) != 0;
  d.partition = first & 0x07;
  std::size_t at = 1;
  if ((first & 0x80) != 0) {
    if (at >= payload.size()) return std::nullopt;
    const std::uint8_t extension = payload[at++];
    if ((extension & 0x80) != 0) {
      if (at >= payload.size()) return std::nullopt;
      d.picture_id_at = static_cast<std::uint8_t>(at);
      d.long_picture_id = (payload[at] & 0x80) != 0;
      if (d.long_picture_id) {
        if (at + 1 >= payload.size()) return std::nullopt;
        d.picture_id = static_cast<std::uint16_t>((payload[at] & 0x7f) << 8 | payload[at + 1]);
        at += 2;
      } else {
        d.picture_id = payload[at++];
      }
    }
    if ((extension & 0x40) != 0) {
      if (at >= payload.size()) return std::nullopt;
      d.tl0_at = static_cast<std::uint8_t>(at);
      d.tl0_picture_index = payload[at++];
    }
    if ((extension & 0x30) != 0) {
      if (at >= payload.size()) return std::nullopt;
      if ((extension & 0x20) != 0) d.temporal_layer = static_cast<std::uint8_t>(payload[at] >> 6);
      ++at;
    }
  }
  if (at >= payload.size()) return std::nullopt;  // §4.3: a payload has at least one byte of VP8
  d.size = static_cast<std::uint8_t>(at);
  return d;
}

bool vp8_starts_key_frame(std::span<const std::uint8_t> payload) noexcept {
  const auto d = parse_vp8_descriptor(payload);
  return d && d->starts_frame() && (payload[d->size] & 0x01) == 0;
}

std::optional<Vp8Descriptor> shift_vp8_numbers(std::span<std::uint8_t> payload,
                                               std::uint16_t picture_id_by,
                                               std::uint8_t tl0_by) noexcept {
  auto d = parse_vp8_descriptor(payload);
  if (!d) return d;
  if (d->picture_id_at != 0) {
    d->picture_id = static_cast<std::uint16_t>((d->picture_id + picture_id_by) &
                                               (d->long_picture_id ? 0x7fff : 0x7f));
    if (d->long_picture_id) {
      payload[d->picture_id_at] = static_cast<std::uint8_t>(0x80 | d->picture_id >> 8);
      payload[d->picture_id_at + 1u] = static_cast<std::uint8_t>(d->picture_id & 0xff);
    } else {
      payload[d->picture_id_at] = static_cast<std::uint8_t>(d->picture_id);
    }
  }
  if (d->tl0_at != 0) {
    d->tl0_picture_index = static_cast<std::uint8_t>(d->tl0_picture_index + tl0_by);
    payload[d->tl0_at] = d->tl0_picture_index;
  }
  return d;
}

}  // namespace diemcau::media
