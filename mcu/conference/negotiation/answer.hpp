#pragma once
// From an offer to what each fixed slot carries, and to the answer that says so. Pure: the same
// input gives the same text, so that every rule is a line in a table test.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "mcu/conference/negotiation/sdp_offer.hpp"
#include "media/session_parameters.hpp"

namespace diemcau::mcu {

/// What the peer is here for: a page has all slots, WHIP only publishes, WHEP only receives.
enum class PeerKind { page, publisher, receiver };

struct NegotiationPolicy {
  PeerKind kind = PeerKind::page;
  std::string cname = "diemcau";
  /// A relayed picture is never transcoded: the receiver must take this codec.
  std::optional<media::Codec> only_video;
  /// Fresh 32-bit numbers for our SSRCs.
  std::function<std::uint32_t()> random_ssrc;
};

struct Negotiated {
  media::SessionParameters parameters;
  /// Slot of each m-line of the offer, in order; -1: refused with port 0.
  std::vector<int> slot_of_section;
};

/// The first audio section takes the audio slot, the first and second video sections the main and
/// second slots; anything else (data channels, a third video) is refused with port 0.
/// Errors: sdp.no_usable_media (nothing could be accepted; detail says why for each section).
Result<Negotiated> negotiate(const Offer& offer, const NegotiationPolicy& policy);

struct LocalTransport {
  media::IceParameters ice;
  media::DtlsFingerprint fingerprint;
  std::uint64_t session_id = 0;
  std::uint64_t session_version = 1;  // grows with each ICE restart (RFC 3264 §8)
};

std::string write_answer(const Offer& offer, const Negotiated& negotiated,
                         const LocalTransport& local);

/// The answer to a PATCH with new credentials (RFC 9725 §4.3.3).
std::string write_ice_fragment(const media::IceParameters& local);

}  // namespace diemcau::mcu
