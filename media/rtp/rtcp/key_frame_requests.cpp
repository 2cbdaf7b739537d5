#include "media/rtp/rtcp/key_frame_requests.hpp"

namespace diemcau::media::rtcp {

std::optional<Pli> Pli::parse(const PacketView& packet) noexcept {
  if (packet.type != kPayloadFeedback || packet.count != kFormat || packet.body.size() < 8)
    return std::nullopt;
  return Pli{load32(&packet.body[0]), load32(&packet.body[4])};
}

bool Pli::write(Writer& out) const noexcept {
  const auto body = out.append(kFormat, kPayloadFeedback, 8);
  if (body.empty()) return false;
  store32(&body[0], sender_ssrc);
  store32(&body[4], media_ssrc);
  return true;
}

std::optional<Fir> Fir::parse(const PacketView& packet) noexcept {
  if (packet.type != kPayloadFeedback || packet.count != kFormat || packet.body.size() < 16 ||
      packet.body.size() % 8 != 0)
    return std::nullopt;
  Fir fir;
  fir.sender_ssrc = load32(&packet.body[0]);
  for (std::size_t at = 8; at < packet.body.size() && fir.entries.size() < fir.entries.capacity();
       at += 8)
    fir.entries.push_back({load32(&packet.body[at]), packet.body[at + 4]});
  return fir;
}

bool Fir::write(Writer& out) const noexcept {
  if (entries.empty()) return false;
  const auto body = out.append(kFormat, kPayloadFeedback, 8 + entries.size() * 8);
  if (body.empty()) return false;
  store32(&body[0], sender_ssrc);  // §4.3.1.1: the media SSRC of the header is 0
  std::size_t at = 8;
  for (const Entry& entry : entries) {
    store32(&body[at], entry.ssrc);
    body[at + 4] = entry.sequence;
    at += 8;
  }
  return true;
}

}  // namespace diemcau::media::rtcp
