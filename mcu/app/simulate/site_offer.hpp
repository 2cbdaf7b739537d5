#pragma once
// The offer of a simulated site: the fixed slots of PROTOCOL.md as a browser would write them.

#include <optional>
#include <string>

#include "base/result.hpp"
#include "mcu/conference/negotiation/answer.hpp"

namespace diemcau::mcu {

/// `layers`: the camera is offered in both layers, the thumbnail paused or not as uplink says.
std::string write_site_offer(const LocalTransport& local, bool layers = false);

/// What the answer settles, seen from the site: we are the ICE controlling side and DTLS client.
/// Where both layers of the camera were taken its slot sends the high one.
/// Errors: those of parse_offer and negotiate.
Result<media::SessionParameters> read_site_answer(const std::string& answer);

/// The low layer, as a session of its own over the same transport; nothing where it was not taken.
std::optional<media::SessionParameters> thumbnail_session(const media::SessionParameters& site);

}  // namespace diemcau::mcu
