#include "recording/byte_range.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace diemcau::recording {
namespace {

constexpr std::size_t kMaxHeader = 256;

std::string_view trim(std::string_view s) {  // optional white space (§5.6.3)
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

bool is_bytes_unit(std::string_view s) {  // range units are compared without case (§14.1)
  return s.size() == 5 &&
         std::equal(s.begin(), s.end(), "bytes", [](char a, char b) { return (a | 0x20) == b; });
}

/// Digits only. A number beyond 64 bits is the largest: it is behind any file's end.
std::optional<std::uint64_t> number(std::string_view s) {
  if (s.empty() || s.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::uint64_t v = 0;
  const auto parsed = std::from_chars(s.data(), s.data() + s.size(), v);
  if (parsed.ec == std::errc::result_out_of_range) return std::numeric_limits<std::uint64_t>::max();
  return v;
}

}  // namespace

ByteRange parse_range(std::string_view header, std::uint64_t size) {
  using Kind = ByteRange::Kind;
  const ByteRange whole{Kind::whole, 0, size};
  const std::size_t equals = header.find('=');
  if (header.size() > kMaxHeader || equals == std::string_view::npos ||
      !is_bytes_unit(header.substr(0, equals)))
    return whole;
  const std::string_view spec = trim(header.substr(equals + 1));
  const std::size_t dash = spec.find('-');
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos) return whole;
  const std::string_view from = spec.substr(0, dash);
  const std::string_view to = spec.substr(dash + 1);
  const auto first = number(from);
  const auto last = number(to);
  if ((!from.empty() && !first) || (!to.empty() && !last) || (!first && !last)) return whole;
  if (!first) {  // suffix: the last n bytes
    if (*last == 0 || size == 0) return {Kind::unsatisfiable, 0, 0};
    const std::uint64_t length = std::min(*last, size);
    return {Kind::part, size - length, length};
  }
  if (last && *last < *first) return whole;  // invalid (§14.1.2)
  if (*first >= size) return {Kind::unsatisfiable, 0, 0};
  const std::uint64_t end = last ? std::min(*last, size - 1) : size - 1;
  return {Kind::part, *first, end - *first + 1};
}

std::string content_range(const ByteRange& range, std::uint64_t size) {
  if (range.kind == ByteRange::Kind::unsatisfiable) return "bytes */" + std::to_string(size);
  return "bytes " + std::to_string(range.first) + "-" +
         std::to_string(range.first + range.length - 1) + "/" + std::to_string(size);
}

}  // namespace diemcau::recording
