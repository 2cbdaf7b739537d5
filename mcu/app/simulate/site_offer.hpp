#pragma once
// The offer of a simulated site: the fixed slots of PROTOCOL.md as a browser would write them.

#include <string>

#include "base/result.hpp"
#include "mcu/conference/negotiation/answer.hpp"

namespace diemcau::mcu {

std::string write_site_offer(const LocalTransport& local);

/// What the answer settles, seen from the site: we are the ICE controlling side and DTLS client.
/// Errors: those of parse_offer and negotiate.
Result<media::SessionParameters> read_site_answer(const std::string& answer);

}  // namespace diemcau::mcu
