#pragma once
// JSON bodies and query numbers, read with bounds.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "signaling/http/types.hpp"

namespace diemcau::mcu {

/// An object, nesting at most 8. Errors: request.media_type (unsupported; a body that calls itself
/// something else), request.bad_body (invalid_argument).
Result<boost::json::object> json_body(const signaling::HttpRequest& request);

/// Errors: request.bad_body (detail names the field).
Result<std::string> required_text(const boost::json::object& body, std::string_view name,
                                  std::size_t limit);
Result<std::optional<std::string>> optional_text(const boost::json::object& body,
                                                 std::string_view name, std::size_t limit);
Result<bool> optional_flag(const boost::json::object& body, std::string_view name, bool otherwise);

/// A query parameter as a number. Errors: request.bad_query.
Result<std::int64_t> query_number(const signaling::HttpRequest& request, std::string_view name,
                                  std::int64_t least, std::int64_t most, std::int64_t otherwise);

/// "2026-11-23T08:00:00Z" or with an offset and a fraction. Nothing when it is not one.
std::optional<WallTime> parse_rfc3339(std::string_view text);

signaling::HttpResponse json_reply(int status, const boost::json::object& body);

}  // namespace diemcau::mcu
