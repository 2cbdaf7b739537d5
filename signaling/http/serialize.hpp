#pragma once
// A response's head as bytes.

#include <string>

#include "signaling/http/types.hpp"

namespace diemcau::signaling {

/// Status line and fields, with Date, Content-Length and Connection, up to the empty line. A field
/// with a control character in it is left out rather than let it begin a field of its own.
std::string serialize_head(const HttpResponse& response, bool keep_alive, std::uint64_t length);

}  // namespace diemcau::signaling
