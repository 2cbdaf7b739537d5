#include "signaling/http/guard.hpp"

#include <algorithm>
#include <string>

#include "signaling/http/types.hpp"

namespace diemcau::signaling {
namespace {

// RFC 9110 §5.6.2
bool is_token(std::string_view text) noexcept {
  if (text.empty()) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// uri-host [ ":" port ], RFC 3986 §3.2.2, without user information.
bool is_host(std::string_view text) noexcept {
  if (text.empty() || text.size() > 262) return false;
  std::string_view port;
  if (text.front() == '[') {
    const auto end = text.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    for (const char c : text.substr(1, end - 1))
      if (std::string_view("0123456789abcdefABCDEF:.").find(c) == std::string_view::npos)
        return false;
    port = text.substr(end + 1);
    if (!port.empty() && port.front() != ':') return false;
  } else {
    const auto colon = text.find(':');
    const auto name = text.substr(0, colon);
    if (name.empty()) return false;
    for (const char c : name) {
      const bool good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                        (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
      if (!good) return false;
    }
    if (colon != std::string_view::npos) port = text.substr(colon);
  }
  if (port.empty()) return true;
  port.remove_prefix(1);
  return port.size() <= 5 &&
         std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
}

struct RequestLine {
  std::string_view method, target, version;
};

std::optional<HeadFault> check_request_line(std::string_view line, RequestLine& out) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return HeadFault::bad_request_line;
  out = {line.substr(0, first), line.substr(first + 1, last - first - 1), line.substr(last + 1)};
  if (!is_token(out.method) || out.target.empty()) return HeadFault::bad_request_line;
  if (out.target.find_first_of(" \t") != std::string_view::npos) return HeadFault::bad_request_line;
  if (!out.version.starts_with("HTTP/")) return HeadFault::bad_request_line;
  if (out.version != "HTTP/1.1" && out.version != "HTTP/1.0") return HeadFault::bad_version;
  return std::nullopt;
}

/// The authority of an absolute-form target; empty for the other forms.
std::optional<HeadFault> check_target(const RequestLine& line, std::string_view& authority) {
  const auto target = line.target;
  if (target.find('#') != std::string_view::npos) return HeadFault::bad_target;
  if (target.front() == '/') return std::nullopt;
  if (target == "*")
    return line.method == "OPTIONS" ? std::nullopt : std::optional(HeadFault::bad_target);
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() > scheme.size() &&
        equals_ignoring_case(target.substr(0, scheme.size()), scheme)) {
      authority = target.substr(scheme.size());
      authority = authority.substr(0, authority.find_first_of("/?"));
      return is_host(authority) ? std::nullopt : std::optional(HeadFault::bad_target);
    }
  }
  return HeadFault::bad_target;
}

/// RFC 9110 §5.5 and RFC 9112 §2.2: CR only before LF, LF only after CR, no other control but HTAB.
bool has_forbidden_control(std::string_view head) noexcept {
  for (std::size_t i = 0; i < head.size(); ++i) {
    const auto c = static_cast<unsigned char>(head[i]);
    if (c == '\r') {
      if (i + 1 >= head.size() || head[i + 1] != '\n') return true;
      ++i;
    } else if ((c < 0x20 && c != '\t') || c == 0x7f) {
      return true;
    }
  }
  return false;
}

struct Seen {
  int fields = 0, hosts = 0, lengths = 0, encodings = 0;
  std::string_view host;
};

std::optional<HeadFault> check_field(std::string_view line, Seen& seen) {
  if (++seen.fields > static_cast<int>(kMaxHeaderFields)) return HeadFault::too_many_fields;
  if (line.front() == ' ' || line.front() == '\t') return HeadFault::obs_fold;
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return HeadFault::bad_field;
  const auto name = line.substr(0, colon);
  const auto value = trim(line.substr(colon + 1));
  if (equals_ignoring_case(name, "host")) {
    if (++seen.hosts > 1) return HeadFault::many_hosts;
    if (!is_host(value)) return HeadFault::bad_host;
    seen.host = value;
  } else if (equals_ignoring_case(name, "content-length")) {
    if (++seen.lengths > 1) return HeadFault::many_content_lengths;
    const bool digits = !value.empty() && value.size() <= 18 &&
                        value.find_first_not_of("0123456789") == std::string_view::npos;
    // A list of equal lengths is allowed by RFC 9112 §6.3 and needed by nobody.
    if (!digits) return HeadFault::bad_content_length;
  } else if (equals_ignoring_case(name, "transfer-encoding")) {
    if (++seen.encodings > 1 || !equals_ignoring_case(value, "chunked"))
      return HeadFault::bad_transfer_encoding;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(HeadFault fault) {
  switch (fault) {
    case HeadFault::control_character:
      return "control_character";
    case HeadFault::obs_fold:
      return "obs_fold";
    case HeadFault::bad_request_line:
      return "bad_request_line";
    case HeadFault::bad_version:
      return "bad_version";
    case HeadFault::bad_target:
      return "bad_target";
    case HeadFault::bad_field:
      return "bad_field";
    case HeadFault::too_many_fields:
      return "too_many_fields";
    case HeadFault::no_host:
      return "no_host";
    case HeadFault::many_hosts:
      return "many_hosts";
    case HeadFault::bad_host:
      return "bad_host";
    case HeadFault::host_mismatch:
      return "host_mismatch";
    case HeadFault::many_content_lengths:
      return "many_content_lengths";
    case HeadFault::bad_content_length:
      return "bad_content_length";
    case HeadFault::bad_transfer_encoding:
      return "bad_transfer_encoding";
    case HeadFault::transfer_encoding_in_http10:
      return "transfer_encoding_in_http10";
    case HeadFault::transfer_encoding_and_length:
      return "transfer_encoding_and_length";
  }
  return "other";
}

std::optional<HeadFault> check_request_head(std::string_view head) {
  if (has_forbidden_control(head)) return HeadFault::control_character;
  if (!head.ends_with("\r\n\r\n")) return HeadFault::bad_field;
  head.remove_suffix(2);  // every line, the last field's too, now ends in CRLF

  const auto next_line = [&head] {
    const auto end = head.find("\r\n");
    const auto line = head.substr(0, end);
    head.remove_prefix(end + 2);
    return line;
  };

  RequestLine request;
  if (const auto fault = check_request_line(next_line(), request)) return fault;
  std::string_view authority;
  if (const auto fault = check_target(request, authority)) return fault;

  Seen seen;
  while (!head.empty()) {
    const auto line = next_line();
    if (line.empty()) return HeadFault::bad_field;
    if (const auto fault = check_field(line, seen)) return fault;
  }

  const bool http10 = request.version == "HTTP/1.0";
  if (seen.hosts == 0 && !http10) return HeadFault::no_host;
  if (!authority.empty() && seen.hosts == 1 && !equals_ignoring_case(authority, seen.host))
    return HeadFault::host_mismatch;
  if (seen.encodings > 0 && http10) return HeadFault::transfer_encoding_in_http10;
  if (seen.encodings > 0 && seen.lengths > 0) return HeadFault::transfer_encoding_and_length;
  return std::nullopt;
}

}  // namespace diemcau::signaling
