#pragma once
// Targets, queries, cookies: small parsers of what clients send. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "signaling/http/types.hpp"

namespace diemcau::signaling {

/// Nothing for a broken "%" triplet. `plus`: "+" means a space (queries).
std::optional<std::string> percent_decode(std::string_view text, bool plus = false);
std::string percent_encode(std::string_view text);  // all but RFC 3986's unreserved

/// Fills path, segments and query from origin-form, absolute-form or "*".
/// Errors: request.bad_target (invalid_argument): a broken escape, a control character, "." or ".."
/// as a segment, an encoded "/" or "\\", more than 32 segments.
Result<void> parse_target(std::string_view target, HttpRequest& request);

/// RFC 6265 §5.4 as a server reads it: pairs by ";", the value's quotes removed.
NameValues parse_cookies(std::string_view header);

/// "https://a.b:443/path" → "https://a.b" (default ports left out, lower case). Nothing when it is
/// not an http or https URL.
std::optional<std::string> origin_of(std::string_view url);

/// True for "127.0.0.0/8", "::1" and "localhost".
bool is_loopback(std::string_view address);

}  // namespace diemcau::signaling
