#include "media/rtp/header_template.hpp"

#include <algorithm>
#include <cstring>

#include "media/rtp/byte_order.hpp"
#include "media/rtp/rtp_packet.hpp"

namespace diemcau::media {

namespace {
// Minimum 0, maximum 1 000 ms in steps of 10 ms, 12 bits each: the receiver sizes its own buffer.
// Sticky in browsers once set, therefore said on every packet.
constexpr std::uint32_t kPlayoutDelay = 0u << 12 | 100u;

bool usable(std::uint8_t id) noexcept {
  return id >= 1 && id <= 14;
}
}  // namespace

HeaderTemplate::HeaderTemplate(const Options& options) noexcept {
  bytes_[0] = 0x80;
  store32(&bytes_[8], options.ssrc);
  const std::size_t most = std::min(options.most, kMost);
  std::size_t at = kRtpHeaderSize + 4;
  const auto fits = [&](std::uint8_t id, std::size_t size) {
    return usable(id) && (at + 1 + size + 3) / 4 * 4 <= most;
  };
  const auto open = [&](std::uint8_t id, std::size_t size) {
    bytes_[at] = static_cast<std::uint8_t>(id << 4 | (size - 1));
    const std::size_t data = at + 1;
    at = data + size;
    return data;
  };
  const auto& ids = options.ids;
  const auto say = [&](std::uint8_t id, std::string_view text) {
    if (text.empty() || text.size() > 16 || !fits(id, text.size())) return false;
    std::memcpy(&bytes_[open(id, text.size())], text.data(), text.size());
    return true;
  };
  mid_ = say(ids.mid, options.mid);
  say(ids.rid, options.rid);
  say(ids.repaired_rid, options.repaired_rid);
  if (fits(ids.abs_send_time, 3)) abs_at_ = open(ids.abs_send_time, 3);
  if (options.transport_sequence && fits(ids.transport_cc, 2))
    transport_at_ = open(ids.transport_cc, 2);
  if (options.playout_delay && fits(ids.playout_delay, 3))
    store24(&bytes_[open(ids.playout_delay, 3)], kPlayoutDelay);
  if (at == kRtpHeaderSize + 4) {
    size_ = kRtpHeaderSize;
    return;
  }
  size_ = (at + 3) / 4 * 4;  // the rest is zero: padding
  bytes_[0] |= 0x10;
  store16(&bytes_[kRtpHeaderSize], 0xbede);
  store16(&bytes_[kRtpHeaderSize + 2],
          static_cast<std::uint32_t>((size_ - kRtpHeaderSize - 4) / 4));
}

void HeaderTemplate::write(std::uint8_t* room, const HeaderFields& fields) const noexcept {
  std::memcpy(room, bytes_.data(), size_);
  room[1] = static_cast<std::uint8_t>((fields.marker ? 0x80 : 0) | (fields.payload_type & 0x7f));
  store16(room + 2, fields.sequence);
  store32(room + 4, fields.timestamp);
  if (abs_at_ != 0) store24(room + abs_at_, fields.abs_send_time & 0xffffff);
  if (transport_at_ != 0) store16(room + transport_at_, fields.transport_sequence);
}

}  // namespace diemcau::media
