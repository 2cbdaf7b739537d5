#pragma once
// What negotiation decided, as values: the only thing signalling and media have in common.
// Made from SDP by mcu/conference/negotiation, consumed by media/rtp and media/transport.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "media/stream/codec.hpp"

namespace diemcau::media {

/// The fixed slots of an endpoint. No renegotiation after join: what a slot shows is changed by
/// the server, not by SDP.
enum class Slot : std::uint8_t {
  audio,   // microphone up, mix down
  main,    // camera up, stage down
  second,  // screen up, second picture down
};
inline constexpr std::size_t kSlots = 3;
constexpr std::size_t index_of(Slot slot) {
  return static_cast<std::size_t>(slot);
}

/// What a site may send side by side in one slot (RFC 8853): the picture in the size its tile
/// needs, and a thumbnail (160×90, 5 frames/s). A slot without simulcast has `high` only.
enum class Layer : std::uint8_t { high, low };
inline constexpr std::size_t kLayers = 2;
constexpr std::size_t index_of(Layer layer) {
  return static_cast<std::size_t>(layer);
}
/// Its rid (RFC 8851) in SDP and on packets.
constexpr std::string_view rid_of(Layer layer) {
  return layer == Layer::high ? "h" : "l";
}

struct IceParameters {
  std::string ufrag;
  std::string password;
  /// "candidate:…" attribute values as in SDP (RFC 8839 §5.1), without "a=".
  std::vector<std::string> candidates;
};

/// RFC 8122: "sha-256" and 32 bytes.
struct DtlsFingerprint {
  std::string algorithm;
  std::vector<std::uint8_t> digest;
  bool operator==(const DtlsFingerprint&) const = default;
};

enum class DtlsRole : std::uint8_t { server, client };

/// RTP header extensions in use; 0 is "not negotiated". One-byte form (RFC 8285 §4.2): ids 1–14.
struct HeaderExtensionIds {
  std::uint8_t mid = 0;            // urn:ietf:params:rtp-hdrext:sdes:mid
  std::uint8_t rid = 0;            // urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
  std::uint8_t repaired_rid = 0;   // urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id
  std::uint8_t audio_level = 0;    // urn:ietf:params:rtp-hdrext:ssrc-audio-level
  std::uint8_t abs_send_time = 0;  // http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
  std::uint8_t transport_cc = 0;   // …/draft-holmer-rmcat-transport-wide-cc-extensions-01
  std::uint8_t playout_delay = 0;  // http://www.webrtc.org/experiments/rtp-hdrext/playout-delay
};

/// The one codec of a slot in the answer, with its repair formats.
struct SlotCodec {
  Codec codec = Codec::opus;
  std::uint8_t payload_type = 0;
  std::optional<std::uint8_t> rtx_payload_type;  // RFC 4588
  std::optional<std::uint8_t> red_payload_type;  // RFC 2198, sound only
  bool nack = false;
  bool pli = false;
  bool fir = false;
  bool remb = false;          // goog-remb
  bool transport_cc = false;  // transport-wide feedback for what we receive
};

struct SlotParameters {
  Slot slot = Slot::audio;
  std::string mid;
  bool receive = false;  // the site may send here
  bool send = false;     // we may send here
  SlotCodec codec;
  HeaderExtensionIds extensions;
  std::uint32_t local_ssrc = 0;
  std::uint32_t local_rtx_ssrc = 0;
  /// From a=ssrc / ssrc-group:FID, or 0: then latched from MID or payload type.
  std::uint32_t remote_ssrc = 0;
  std::uint32_t remote_rtx_ssrc = 0;
  /// The site may send both layers here; its SSRCs are then told by rid alone.
  bool simulcast = false;
  /// Ours is one of two layers: its rid stands on what we send (a simulated site's role).
  std::optional<Layer> send_layer;
};

/// We repair here by packets of a source of their own (RFC 4588). Where we do not, a lost packet is
/// sent again under its own number, to the byte the same.
constexpr bool repairs_by_rtx(const SlotParameters& slot) {
  return slot.codec.rtx_payload_type && slot.local_rtx_ssrc != 0;
}
/// Our sources that send packets again under their own numbers.
inline std::vector<std::uint32_t> repeating_sources(const std::vector<SlotParameters>& slots) {
  std::vector<std::uint32_t> ssrcs;
  for (const SlotParameters& slot : slots)
    if (slot.send && slot.local_ssrc != 0 && !repairs_by_rtx(slot))
      ssrcs.push_back(slot.local_ssrc);
  return ssrcs;
}

struct SessionParameters {
  IceParameters remote_ice;
  DtlsFingerprint remote_fingerprint;
  DtlsRole local_dtls_role = DtlsRole::server;
  bool ice_controlling = false;
  std::vector<SlotParameters> slots;  // one per used m-line, at most kSlots
  std::string cname;                  // ours, in SDES
};

}  // namespace diemcau::media
