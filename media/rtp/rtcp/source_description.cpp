#include "media/rtp/rtcp/source_description.hpp"

#include <algorithm>

namespace diemcau::media::rtcp {

namespace {
constexpr std::uint8_t kEnd = 0, kCname = 1;

/// SSRC, item header, text, at least one zero, to a multiple of four.
std::size_t size_of(const SourceDescription::Chunk& chunk) noexcept {
  return (4 + 2 + std::min<std::size_t>(chunk.cname.size(), 255) + 1 + 3) / 4 * 4;
}
}  // namespace

std::optional<SourceDescription> SourceDescription::parse(const PacketView& packet) noexcept {
  if (packet.type != kSourceDescription) return std::nullopt;
  SourceDescription description;
  const auto bytes = packet.body;
  std::size_t at = 0;
  for (std::size_t i = 0; i < packet.count; ++i) {
    if (bytes.size() - at < 4) return std::nullopt;
    Chunk chunk{load32(&bytes[at]), {}};
    at += 4;
    for (;;) {
      if (at >= bytes.size()) return std::nullopt;  // no terminating item
      if (bytes[at] == kEnd) break;
      if (bytes.size() - at < 2 || bytes.size() - at - 2 < bytes[at + 1]) return std::nullopt;
      if (bytes[at] == kCname)
        chunk.cname = {reinterpret_cast<const char*>(bytes.data()) + at + 2, bytes[at + 1]};
      at += 2u + bytes[at + 1];
    }
    at = (at / 4 + 1) * 4;  // the zeros up to the next 32-bit boundary
    if (at > bytes.size()) return std::nullopt;
    description.chunks.push_back(chunk);
  }
  return description;
}

bool SourceDescription::write(Writer& out) const noexcept {
  if (chunks.empty()) return false;
  std::size_t size = 0;
  for (const Chunk& chunk : chunks) size += size_of(chunk);
  const auto body = out.append(static_cast<std::uint8_t>(chunks.size()), kSourceDescription, size);
  if (body.empty()) return false;
  std::uint8_t* p = body.data();
  for (const Chunk& chunk : chunks) {
    const std::size_t length = std::min<std::size_t>(chunk.cname.size(), 255);
    store32(p, chunk.ssrc);
    p[4] = kCname;
    p[5] = static_cast<std::uint8_t>(length);
    std::copy_n(chunk.cname.data(), length, p + 6);  // a CNAME may be empty
    p += size_of(chunk);
  }
  return true;
}

}  // namespace diemcau::media::rtcp
