#include "media/rtp/rtcp/bye.hpp"

namespace diemcau::media::rtcp {

std::optional<Bye> Bye::parse(const PacketView& packet) noexcept {
  if (packet.type != kBye || packet.body.size() < packet.count * 4u) return std::nullopt;
  Bye bye;
  for (std::size_t i = 0; i < packet.count; ++i) bye.sources.push_back(load32(&packet.body[i * 4]));
  return bye;
}

bool Bye::write(Writer& out) const noexcept {
  if (sources.empty()) return false;
  const auto body = out.append(static_cast<std::uint8_t>(sources.size()), kBye, sources.size() * 4);
  if (body.empty()) return false;
  for (std::size_t i = 0; i < sources.size(); ++i) store32(&body[i * 4], sources[i]);
  return true;
}

}  // namespace diemcau::media::rtcp
