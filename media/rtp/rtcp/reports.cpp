#include "media/rtp/rtcp/reports.hpp"

namespace diemcau::media::rtcp {

namespace {
constexpr std::size_t kSenderInfo = 24;  // SSRC and the sender information

bool load_blocks(const PacketView& packet, std::size_t at, ReportBlocks& blocks) noexcept {
  if (packet.body.size() < at + packet.count * ReportBlock::kSize) return false;
  for (std::size_t i = 0; i < packet.count; ++i, at += ReportBlock::kSize)
    blocks.push_back(ReportBlock::load(&packet.body[at]));
  return true;  // profile-specific extensions behind them are ignored (§6.4.3)
}
}  // namespace

std::optional<SenderReport> SenderReport::parse(const PacketView& packet) noexcept {
  if (packet.type != kSenderReport || packet.body.size() < kSenderInfo) return std::nullopt;
  const std::uint8_t* p = packet.body.data();
  SenderReport report;
  report.ssrc = load32(p);
  report.ntp = std::uint64_t{load32(p + 4)} << 32 | load32(p + 8);
  report.rtp_timestamp = load32(p + 12);
  report.packet_count = load32(p + 16);
  report.octet_count = load32(p + 20);
  if (!load_blocks(packet, kSenderInfo, report.blocks)) return std::nullopt;
  return report;
}

bool SenderReport::write(Writer& out) const noexcept {
  const auto body = out.append(static_cast<std::uint8_t>(blocks.size()), kSenderReport,
                               kSenderInfo + blocks.size() * ReportBlock::kSize);
  if (body.empty()) return false;
  std::uint8_t* p = body.data();
  store32(p, ssrc);
  store32(p + 4, static_cast<std::uint32_t>(ntp >> 32));
  store32(p + 8, static_cast<std::uint32_t>(ntp));
  store32(p + 12, rtp_timestamp);
  store32(p + 16, packet_count);
  store32(p + 20, octet_count);
  p += kSenderInfo;
  for (const ReportBlock& b : blocks) {
    b.store(p);
    p += ReportBlock::kSize;
  }
  return true;
}

std::optional<ReceiverReport> ReceiverReport::parse(const PacketView& packet) noexcept {
  if (packet.type != kReceiverReport || packet.body.size() < 4) return std::nullopt;
  ReceiverReport report;
  report.ssrc = load32(packet.body.data());
  if (!load_blocks(packet, 4, report.blocks)) return std::nullopt;
  return report;
}

bool ReceiverReport::write(Writer& out) const noexcept {
  const auto body = out.append(static_cast<std::uint8_t>(blocks.size()), kReceiverReport,
                               4 + blocks.size() * ReportBlock::kSize);
  if (body.empty()) return false;
  store32(body.data(), ssrc);
  std::uint8_t* p = body.data() + 4;
  for (const ReportBlock& b : blocks) {
    b.store(p);
    p += ReportBlock::kSize;
  }
  return true;
}

}  // namespace diemcau::media::rtcp
