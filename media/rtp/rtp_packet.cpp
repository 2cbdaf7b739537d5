#include "media/rtp/rtp_packet.hpp"

#include <string_view>

#include "media/rtp/byte_order.hpp"

namespace diemcau::media {

namespace {
constexpr std::uint16_t kOneByteProfile = 0xbede;
constexpr std::uint16_t kTwoByteProfile = 0x1000;  // low four bits: appbits

std::string_view text(std::span<const std::uint8_t> data) noexcept {
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}
}  // namespace

RtpExtensionReader::RtpExtensionReader(std::uint16_t profile,
                                       std::span<const std::uint8_t> data) noexcept
    : rest_(data) {
  if (profile == kOneByteProfile)
    form_ = Form::one_byte;
  else if ((profile & 0xfff0) == kTwoByteProfile)
    form_ = Form::two_byte;
}

std::optional<RtpExtensionReader::Element> RtpExtensionReader::next() noexcept {
  if (form_ == Form::none) return std::nullopt;
  while (!rest_.empty() && rest_[0] == 0) rest_ = rest_.subspan(1);  // padding
  if (rest_.empty()) return std::nullopt;
  std::size_t header = 1, size = 0;
  std::uint8_t id = rest_[0];
  if (form_ == Form::one_byte) {
    size = (rest_[0] & 0x0fu) + 1u;
    id = rest_[0] >> 4;
    // §4.2: 15 ends the elements; 0 with a length is not padding and must be skipped over.
    if (id == 15) return rest_ = {}, std::nullopt;
  } else {
    header = 2;
    if (rest_.size() < 2) return rest_ = {}, std::nullopt;
    size = rest_[1];
  }
  if (rest_.size() < header + size) return rest_ = {}, std::nullopt;
  const Element element{id, rest_.subspan(header, size)};
  rest_ = rest_.subspan(header + size);
  return element;
}

RtpExtensions RtpPacket::read_extensions(const HeaderExtensionIds& ids) const noexcept {
  RtpExtensions found;
  RtpExtensionReader reader(extension_profile, extension);
  while (const auto element = reader.next()) {
    const auto [id, data] = *element;
    if (id == 0) continue;
    if (id == ids.mid) {
      found.mid = text(data);
    } else if (id == ids.rid) {
      found.rid = text(data);
    } else if (id == ids.repaired_rid) {
      found.repaired_rid = text(data);
    } else if (id == ids.audio_level && !data.empty()) {
      found.audio_level = data[0];
    } else if (id == ids.transport_cc && data.size() >= 2) {
      found.transport_sequence = load16(data.data());
    } else if (id == ids.abs_send_time && data.size() >= 3) {
      found.abs_send_time = load24(data.data());
    }
  }
  return found;
}

std::optional<RtpPacket> parse_rtp(std::span<const std::uint8_t> bytes) noexcept {
  if (bytes.size() < kRtpHeaderSize || (bytes[0] >> 6) != 2) return std::nullopt;
  RtpPacket packet;
  packet.padded = (bytes[0] & 0x20) != 0;
  const bool extended = (bytes[0] & 0x10) != 0;
  const std::size_t sources = bytes[0] & 0x0f;
  packet.marker = (bytes[1] & 0x80) != 0;
  packet.payload_type = bytes[1] & 0x7f;
  packet.sequence = load16(&bytes[2]);
  packet.timestamp = load32(&bytes[4]);
  packet.ssrc = load32(&bytes[8]);
  std::size_t at = kRtpHeaderSize + sources * 4;
  if (at > bytes.size()) return std::nullopt;
  if (extended) {
    if (bytes.size() - at < 4) return std::nullopt;
    packet.extension_profile = load16(&bytes[at]);
    const std::size_t size = std::size_t{load16(&bytes[at + 2])} * 4;
    at += 4;
    if (bytes.size() - at < size) return std::nullopt;
    packet.extension = bytes.subspan(at, size);
    at += size;
  }
  std::size_t end = bytes.size();
  if (packet.padded) {
    if (at == end) return std::nullopt;
    const std::size_t padding = bytes[end - 1];
    if (padding == 0 || padding > end - at) return std::nullopt;
    end -= padding;
  }
  packet.payload = bytes.subspan(at, end - at);
  return packet;
}

}  // namespace diemcau::media
