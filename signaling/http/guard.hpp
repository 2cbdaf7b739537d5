#pragma once
// What RFC 9112 forbids and Beast lets pass, refused before Beast sees it: such requests are how
// two parsers in a row are made to disagree about where a request ends (request smuggling).
// Pure, over the raw bytes of one request head.

#include <cstddef>
#include <optional>
#include <string_view>

namespace diemcau::signaling {

inline constexpr std::size_t kMaxRequestHead = 16 * 1024;
inline constexpr std::size_t kMaxHeaderFields = 100;

/// Each is a value of the label `reason` of diemcau_http_refused_total.
enum class HeadFault {
  control_character,  // NUL, bare CR or LF, other control characters (RFC 9110 §5.5)
  obs_fold,           // RFC 9112 §5.2
  bad_request_line,   // RFC 9112 §3: method SP target SP version, nothing else
  bad_version,        // HTTP/1.0 and HTTP/1.1 only
  bad_target,         // neither origin-form, absolute-form nor "*" with OPTIONS; or a fragment
  bad_field,          // no colon, no name, or space before the colon (RFC 9112 §5.1)
  too_many_fields,
  no_host,  // HTTP/1.1 without Host (RFC 9112 §3.2)
  many_hosts,
  bad_host,       // not a host[:port]
  host_mismatch,  // absolute-form names another host than the Host field
  many_content_lengths,
  bad_content_length,
  bad_transfer_encoding,         // anything but exactly one "chunked"
  transfer_encoding_in_http10,   // RFC 9112 §6.1
  transfer_encoding_and_length,  // RFC 9112 §6.1
};
std::string_view name_of(HeadFault fault);
inline constexpr int kHeadFaults = static_cast<int>(HeadFault::transfer_encoding_and_length) + 1;

/// `head`: from the first byte of the request line up to and with the empty line's CRLF.
/// Nothing when it may be parsed.
std::optional<HeadFault> check_request_head(std::string_view head);

}  // namespace diemcau::signaling
