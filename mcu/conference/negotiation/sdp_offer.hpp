#pragma once
// An SDP offer (RFC 8866, RFC 3264) as the few facts we negotiate about. Syntax is GStreamer's
// parser's business; what the lines mean for a fixed-slot answerer is read here.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "mcu/conference/negotiation/simulcast.hpp"
#include "media/session_parameters.hpp"

namespace diemcau::mcu {

enum class Direction { sendrecv, sendonly, recvonly, inactive };
enum class SetupRole { actpass, active, passive };

struct OfferedFormat {
  std::uint8_t payload_type = 0;
  std::string name;  // lower case: "h264", "vp8", "opus", "red", "rtx"
  std::uint32_t clock_rate = 0;
  int channels = 1;
  std::map<std::string, std::string> parameters;  // fmtp, keys lower case
  std::string fmtp;                               // as written
  std::vector<std::string> feedback;              // "nack", "nack pli", "goog-remb", …
};

struct OfferedMedia {
  std::string kind;      // "audio", "video", "application", …
  std::string protocol;  // "UDP/TLS/RTP/SAVPF"
  std::string mid;
  std::vector<std::string> format_list;  // as in the m-line, for a refusal
  Direction direction = Direction::sendrecv;
  bool disabled = false;  // port 0 without bundle-only
  bool bundled = false;   // in the first BUNDLE group, or the only section
  bool rtcp_mux = false;
  std::vector<OfferedFormat> formats;              // in the offer's order
  std::map<std::string, std::uint8_t> extensions;  // URI → id 1…14
  std::uint32_t ssrc = 0, rtx_ssrc = 0;            // 0: not told
  OfferedSimulcast simulcast;
};

struct Offer {
  std::vector<OfferedMedia> media;
  media::IceParameters ice;
  media::DtlsFingerprint fingerprint;
  SetupRole setup = SetupRole::actpass;
  bool ice_lite = false;
};

inline constexpr std::size_t kMaxOfferBytes = 128 * 1024;
inline constexpr std::size_t kMaxOfferSections = 32;
inline constexpr std::size_t kMaxCandidates = 64;

/// Errors (all Errc::invalid_argument): sdp.empty, sdp.too_large, sdp.malformed, sdp.no_media,
/// sdp.no_ice, sdp.no_fingerprint, sdp.fingerprint_unsupported, sdp.too_many_sections.
Result<Offer> parse_offer(std::string_view sdp);

/// application/trickle-ice-sdpfrag (RFC 8840 §9): new candidates, and credentials that differ from
/// the session's when it is an ICE restart.
Result<media::IceParameters> parse_ice_fragment(std::string_view fragment);

}  // namespace diemcau::mcu
