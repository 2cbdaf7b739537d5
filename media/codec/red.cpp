#include "media/codec/red.hpp"

#include <algorithm>

namespace diemcau::media {

namespace {
// RFC 2198 §3: "F | block PT (7) | timestamp offset (14) | block length (10)", the last header
// only "0 | block PT".
constexpr std::size_t kHeader = 4;
constexpr std::size_t kLastHeader = 1;
}  // namespace

std::optional<RedPayload> parse_red(std::span<const std::uint8_t> payload) noexcept {
  RedPayload red;
  std::array<std::size_t, kRedMaxBlocks> lengths{};
  std::size_t at = 0;
  for (;;) {
    if (red.count == kRedMaxBlocks || at >= payload.size()) return std::nullopt;
    RedBlock& block = red.blocks[red.count];
    block.payload_type = payload[at] & 0x7F;
    const bool last = (payload[at] & 0x80) == 0;
    if (last) {
      at += kLastHeader;
      ++red.count;
      break;
    }
    if (payload.size() - at < kHeader) return std::nullopt;
    block.timestamp_offset =
        static_cast<std::uint16_t>((payload[at + 1] << 6) | (payload[at + 2] >> 2));
    lengths[red.count] = (static_cast<std::size_t>(payload[at + 2] & 0x03) << 8) | payload[at + 3];
    at += kHeader;
    ++red.count;
  }
  for (std::size_t i = 0; i + 1 < red.count; ++i) {
    if (payload.size() - at < lengths[i]) return std::nullopt;
    red.blocks[i].data = payload.subspan(at, lengths[i]);
    at += lengths[i];
  }
  red.blocks[red.count - 1].data = payload.subspan(at);
  return red;
}

std::size_t packets_carried_again(std::span<const std::uint8_t> payload) noexcept {
  const auto red = parse_red(payload);
  if (!red) return 0;
  const auto older = red->redundant();
  const auto empty = std::find_if(older.rbegin(), older.rend(), [](const RedBlock& block) {
    return block.data.empty() || block.timestamp_offset == 0;
  });
  return static_cast<std::size_t>(empty - older.rbegin());
}

std::size_t build_red(std::span<const RedBlock> blocks, std::span<std::uint8_t> out) noexcept {
  if (blocks.empty() || blocks.size() > kRedMaxBlocks) return 0;
  std::size_t need = kHeader * (blocks.size() - 1) + kLastHeader;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const bool primary = i + 1 == blocks.size();
    if (blocks[i].payload_type > 0x7F) return 0;
    if (!primary &&
        (blocks[i].timestamp_offset > kRedMaxOffset || blocks[i].data.size() > kRedMaxRedundant)) {
      return 0;
    }
    need += blocks[i].data.size();
  }
  if (need > out.size()) return 0;
  std::size_t at = 0;
  for (const RedBlock& block : blocks.first(blocks.size() - 1)) {
    const auto length = block.data.size();
    out[at++] = static_cast<std::uint8_t>(0x80 | block.payload_type);
    out[at++] = static_cast<std::uint8_t>(block.timestamp_offset >> 6);
    out[at++] = static_cast<std::uint8_t>(((block.timestamp_offset & 0x3F) << 2) | (length >> 8));
    out[at++] = static_cast<std::uint8_t>(length & 0xFF);
  }
  out[at++] = blocks.back().payload_type;
  for (const RedBlock& block : blocks) {
    std::copy(block.data.begin(), block.data.end(), out.begin() + static_cast<std::ptrdiff_t>(at));
    at += block.data.size();
  }
  return at;
}

}  // namespace diemcau::media
