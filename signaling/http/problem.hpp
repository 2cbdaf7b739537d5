#pragma once
// The one mapping from a failure to what an HTTP client sees (RFC 9457).

#include "base/result.hpp"
#include "signaling/http/types.hpp"

namespace diemcau::signaling {

int status_of(Errc kind);

/// application/problem+json with type, title (Vietnamese), status, detail (English), code. 401
/// carries WWW-Authenticate, 429 and 503 carry Retry-After. What failed inside (io, internal) is
/// not told to the client: the caller logs it.
HttpResponse problem(const Error& error);
/// With a status of its own: 405, 412, 415 and the like.
HttpResponse problem(int status, const Error& error);

}  // namespace diemcau::signaling
