#pragma once
// What the load client says in SDP: offers like a browser's for WHIP, WHEP and pages; an answer
// for a server that offers (Janus). Pure.

#include <string>

#include "base/result.hpp"
#include "mcu/conference/negotiation/sdp_offer.hpp"
#include "media/session_parameters.hpp"

namespace diemcau::bench {

struct LocalPeer {
  std::string ufrag, password;
  std::uint16_t port = 0;  // on 127.0.0.1
  media::DtlsFingerprint fingerprint;
};

enum class Traffic { receives, sends, both };

/// Sound, picture and, for `both`, the second picture of a page.
std::string write_offer(const LocalPeer& local, Traffic traffic);
/// recvonly in every section of `offer`, which has sound and H.264.
std::string write_answer_to(const mcu::Offer& offer, const LocalPeer& local);

}  // namespace diemcau::bench
