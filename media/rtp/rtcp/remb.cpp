#include "media/rtp/rtcp/remb.hpp"

namespace diemcau::media::rtcp {

namespace {
constexpr std::uint32_t kName = 0x52454d42;  // "REMB"
constexpr std::uint64_t kMantissa = 0x3ffff;
}  // namespace

std::optional<Remb> Remb::parse(const PacketView& packet) noexcept {
  if (packet.type != kPayloadFeedback || packet.count != kFormat || packet.body.size() < 16 ||
      load32(&packet.body[8]) != kName)
    return std::nullopt;
  const std::size_t count = packet.body[12];
  if (packet.body.size() < 16 + count * 4) return std::nullopt;
  Remb remb;
  remb.sender_ssrc = load32(&packet.body[0]);
  const unsigned exponent = packet.body[13] >> 2;
  const std::uint64_t mantissa = load24(&packet.body[13]) & kMantissa;
  if (mantissa != 0 && exponent > 45) return std::nullopt;  // would not fit 64 bits
  remb.bitrate = mantissa << exponent;
  for (std::size_t i = 0; i < count && remb.ssrcs.size() < remb.ssrcs.capacity(); ++i)
    remb.ssrcs.push_back(load32(&packet.body[16 + i * 4]));
  return remb;
}

bool Remb::write(Writer& out) const noexcept {
  const auto body = out.append(kFormat, kPayloadFeedback, 16 + ssrcs.size() * 4);
  if (body.empty()) return false;
  unsigned exponent = 0;
  std::uint64_t mantissa = bitrate;
  while (mantissa > kMantissa) {
    mantissa >>= 1;
    ++exponent;
  }
  store32(&body[0], sender_ssrc);  // the media SSRC is 0
  store32(&body[8], kName);
  body[12] = static_cast<std::uint8_t>(ssrcs.size());
  store24(&body[13], static_cast<std::uint32_t>(exponent << 18 | mantissa));
  for (std::size_t i = 0; i < ssrcs.size(); ++i) store32(&body[16 + i * 4], ssrcs[i]);
  return true;
}

}  // namespace diemcau::media::rtcp
