#include "signaling/http/url.hpp"

#include <algorithm>

namespace diemcau::signaling {
namespace {

int hex(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

Error bad_target(std::string_view why) {
  return make_error(Errc::invalid_argument, "request.bad_target", why);
}

constexpr std::size_t kMaxSegments = 32;
constexpr std::size_t kMaxPairs = 64;

Result<std::vector<std::string>> split_path(std::string_view path) {
  std::vector<std::string> segments;
  path.remove_prefix(1);
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    auto decoded = percent_decode(path.substr(0, end));
    if (!decoded) return bad_target("broken percent escape in the path");
    if (*decoded == "." || *decoded == "..") return bad_target("dot segment in the path");
    for (const char c : *decoded)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '/' || c == '\\')
        return bad_target("forbidden character in the path");
    if (segments.size() == kMaxSegments) return bad_target("too many path segments");
    segments.push_back(std::move(*decoded));
    if (end == path.size()) break;
    path.remove_prefix(end + 1);
  }
  return segments;
}

Result<NameValues> split_query(std::string_view query) {
  NameValues out;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    auto name = percent_decode(pair.substr(0, equals), true);
    auto value = equals == std::string_view::npos ? std::optional(std::string())
                                                  : percent_decode(pair.substr(equals + 1), true);
    if (!name || !value) return bad_target("broken percent escape in the query");
    if (out.size() == kMaxPairs) return bad_target("too many query parameters");
    out.emplace_back(std::move(*name), std::move(*value));
  }
  return out;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, bool plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex(text[i + 1]);
      const int low = hex(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      out.push_back(plus && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    const bool unreserved = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                            (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_' || c == '~';
    if (unreserved) {
      out.push_back(c);
    } else {
      out.push_back('%');
      out.push_back(kHex[u >> 4]);
      out.push_back(kHex[u & 15]);
    }
  }
  return out;
}

Result<void> parse_target(std::string_view target, HttpRequest& request) {
  request.segments.clear();
  request.query.clear();
  request.path = "*";
  if (target == "*") return {};
  if (const auto scheme = target.find("://");
      !target.starts_with('/') && scheme != std::string_view::npos) {
    target.remove_prefix(scheme + 3);
    const auto path = target.find_first_of("/?");
    target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
  }
  const auto mark = target.find('?');
  std::string_view path = target.substr(0, mark);
  if (path.empty()) path = "/";
  if (path.front() != '/') return bad_target("the path does not begin with a slash");
  auto segments = split_path(path);
  if (!segments) return segments.error();
  if (mark != std::string_view::npos) {
    auto query = split_query(target.substr(mark + 1));
    if (!query) return query.error();
    request.query = std::move(*query);
  }
  request.path = std::string(path);
  request.segments = std::move(*segments);
  return {};
}

NameValues parse_cookies(std::string_view header) {
  NameValues out;
  while (!header.empty() && out.size() < kMaxPairs) {
    const auto end = std::min(header.find(';'), header.size());
    const auto pair = trim(header.substr(0, end));
    header.remove_prefix(std::min(end + 1, header.size()));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    auto value = trim(pair.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    out.emplace_back(std::string(trim(pair.substr(0, equals))), std::string(value));
  }
  return out;
}

std::optional<std::string> origin_of(std::string_view url) {
  const auto mark = url.find("://");
  if (mark == std::string_view::npos) return std::nullopt;
  const std::string scheme = to_lower(url.substr(0, mark));
  if (scheme != "http" && scheme != "https") return std::nullopt;
  url.remove_prefix(mark + 3);
  std::string authority = to_lower(url.substr(0, url.find_first_of("/?#")));
  if (authority.empty() || authority.find('@') != std::string::npos) return std::nullopt;
  const std::string_view default_port = scheme == "http" ? ":80" : ":443";
  if (authority.ends_with(default_port)) authority.resize(authority.size() - default_port.size());
  return scheme + "://" + authority;
}

bool is_loopback(std::string_view address) {
  return address == "localhost" || address == "::1" || address == "[::1]" ||
         address.starts_with("127.") || address.starts_with("::ffff:127.");
}

}  // namespace diemcau::signaling
