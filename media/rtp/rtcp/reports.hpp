#pragma once
// Sender and receiver reports (RFC 3550 §6.4).

#include <optional>

#include "media/rtp/rtcp/packet.hpp"
#include "media/rtp/rtcp/report_block.hpp"

namespace diemcau::media::rtcp {

struct SenderReport {
  std::uint32_t ssrc = 0;
  std::uint64_t ntp = 0;  // 32.32
  std::uint32_t rtp_timestamp = 0;
  std::uint32_t packet_count = 0;
  std::uint32_t octet_count = 0;  // payload only
  ReportBlocks blocks;

  static std::optional<SenderReport> parse(const PacketView& packet) noexcept;
  bool write(Writer& out) const noexcept;
  bool operator==(const SenderReport&) const = default;
};

struct ReceiverReport {
  std::uint32_t ssrc = 0;
  ReportBlocks blocks;

  static std::optional<ReceiverReport> parse(const PacketView& packet) noexcept;
  bool write(Writer& out) const noexcept;
  bool operator==(const ReceiverReport&) const = default;
};

}  // namespace diemcau::media::rtcp
