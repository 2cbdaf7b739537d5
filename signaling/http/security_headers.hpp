#pragma once
// What every response carries, whatever made it.

#include "signaling/http/types.hpp"

namespace diemcau::signaling {

/// Content-Security-Policy (self only), nosniff, no framing, no referrer, and camera, microphone
/// and screen for our own pages only. `secure` adds Strict-Transport-Security.
void add_security_headers(HttpResponse& response, bool secure);

/// For WHIP and WHEP, whose clients may be pages of others: any origin, the bearer token allowed
/// and Location readable (RFC 9725 §4.2 and its security section). Never with credentials, so a
/// cookie is of no use there.
void add_cors_headers(HttpResponse& response);

}  // namespace diemcau::signaling
