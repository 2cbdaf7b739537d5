#pragma once
// Redundant audio data, RFC 2198: several coded blocks of different age in one RTP payload.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace diemcau::media {

struct RedBlock {
  std::uint8_t payload_type = 0;       // 7 bits
  std::uint16_t timestamp_offset = 0;  // 14 bits: how much older than the packet; primary 0
  std::span<const std::uint8_t> data;  // borrowed from the payload
};

inline constexpr std::size_t kRedMaxBlocks = 8;  // more is refused: nobody sends more
inline constexpr std::uint16_t kRedMaxOffset = (1 << 14) - 1;
inline constexpr std::size_t kRedMaxRedundant = (1 << 10) - 1;  // bytes of one redundant block

struct RedPayload {
  std::array<RedBlock, kRedMaxBlocks> blocks;
  std::size_t count = 0;  // ≥ 1

  std::span<const RedBlock> redundant() const noexcept { return {blocks.data(), count - 1}; }
  const RedBlock& primary() const noexcept { return blocks[count - 1]; }
};

/// Empty when headers or blocks do not fit the payload. Redundant blocks of no bytes are allowed.
std::optional<RedPayload> parse_red(std::span<const std::uint8_t> payload) noexcept;

/// How many packets just before this one a payload carries again: one block each (RFC 2198 §3),
/// none of them empty. 0 for what is no RED payload.
std::size_t packets_carried_again(std::span<const std::uint8_t> payload) noexcept;

/// Writes blocks (oldest first, the last one is the primary) into `out`; returns the bytes
/// written, or 0 when a field or `out` is too small.
std::size_t build_red(std::span<const RedBlock> blocks, std::span<std::uint8_t> out) noexcept;

}  // namespace diemcau::media
