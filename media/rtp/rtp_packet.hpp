#pragma once
// A view of one RTP packet (RFC 3550 §5.1) with its header extensions (RFC 8285).

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "media/session_parameters.hpp"

namespace diemcau::media {

inline constexpr std::size_t kRtpHeaderSize = 12;

/// The extension elements of one packet, in the one-byte (§4.2) or two-byte form (§4.3).
class RtpExtensionReader {
 public:
  RtpExtensionReader() = default;
  RtpExtensionReader(std::uint16_t profile, std::span<const std::uint8_t> data) noexcept;

  struct Element {
    std::uint8_t id = 0;
    std::span<const std::uint8_t> data;
  };
  /// The next element; nothing at the end or at the first malformed one (§4.1.2: the rest is
  /// ignored then).
  std::optional<Element> next() noexcept;

 private:
  enum class Form : std::uint8_t { none, one_byte, two_byte } form_ = Form::none;
  std::span<const std::uint8_t> rest_;
};

/// What the extensions say, by the ids that were negotiated.
struct RtpExtensions {
  std::string_view mid;  // borrowed from the packet
  std::string_view rid;
  std::string_view repaired_rid;
  std::optional<std::uint8_t> audio_level;  // RFC 6464: V in bit 7, −dBov below
  std::optional<std::uint16_t> transport_sequence;
  std::optional<std::uint32_t> abs_send_time;  // 6.18 fixed-point seconds
};

/// Borrows the bytes it was parsed from.
struct RtpPacket {
  bool marker = false;
  std::uint8_t payload_type = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::uint16_t extension_profile = 0;
  std::span<const std::uint8_t> extension;  // without its 4-byte header
  std::span<const std::uint8_t> payload;    // without padding
  bool padded = false;

  RtpExtensions read_extensions(const HeaderExtensionIds& ids) const noexcept;
};

/// Nothing when the lengths in it do not add up.
std::optional<RtpPacket> parse_rtp(std::span<const std::uint8_t> bytes) noexcept;

}  // namespace diemcau::media
