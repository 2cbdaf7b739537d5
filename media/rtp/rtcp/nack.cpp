#include "media/rtp/rtcp/nack.hpp"

namespace diemcau::media::rtcp {

std::optional<Nack> Nack::parse(const PacketView& packet) noexcept {
  if (packet.type != kTransportFeedback || packet.count != kFormat || packet.body.size() < 12)
    return std::nullopt;
  Nack nack;
  nack.sender_ssrc = load32(&packet.body[0]);
  nack.media_ssrc = load32(&packet.body[4]);
  for (std::size_t at = 8;
       at + 4 <= packet.body.size() && nack.items.size() < nack.items.capacity(); at += 4)
    nack.items.push_back({load16(&packet.body[at]), load16(&packet.body[at + 2])});
  return nack;
}

bool Nack::add(std::uint16_t sequence) noexcept {
  if (!items.empty()) {
    const auto behind = static_cast<std::uint16_t>(sequence - items.back().first);
    if (behind >= 1 && behind <= 16) {
      items.back().behind = static_cast<std::uint16_t>(items.back().behind | 1u << (behind - 1));
      return true;
    }
  }
  if (items.size() == items.capacity()) return false;
  items.push_back({sequence, 0});
  return true;
}

bool Nack::write(Writer& out) const noexcept {
  if (items.empty()) return false;
  const auto body = out.append(kFormat, kTransportFeedback, 8 + items.size() * 4);
  if (body.empty()) return false;
  store32(&body[0], sender_ssrc);
  store32(&body[4], media_ssrc);
  std::size_t at = 8;
  for (const Item& item : items) {
    store16(&body[at], item.first);
    store16(&body[at + 2], item.behind);
    at += 4;
  }
  return true;
}

}  // namespace diemcau::media::rtcp
