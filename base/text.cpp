#include "base/text.hpp"

#include <algorithm>
#include <cstdint>

namespace diemcau {
namespace {

constexpr bool is_unseen(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0x061c ||
         c == 0x180e || (c >= 0xe000 && c <= 0xf8ff) || c == 0xfeff ||
         (c >= 0x1d173 && c <= 0x1d17a) || (c >= 0xfff9 && c <= 0xfffb) ||
         (c >= 0xe0000 && c <= 0xe007f) || c >= 0xf0000;
}

/// The code point at `at`, which moves behind it; 0 when the bytes are not UTF-8 (RFC 3629).
std::uint32_t next(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const int more = first < 0x80             ? 0
                   : (first & 0xe0) == 0xc0 ? 1
                   : (first & 0xf0) == 0xe0 ? 2
                   : (first & 0xf8) == 0xf0 ? 3
                                            : -1;
  if (more < 0 || at + static_cast<std::size_t>(more) >= text.size()) return 0;
  std::uint32_t c = more == 0 ? first : first & (0x3fu >> more);
  for (int i = 1; i <= more; ++i) {
    const unsigned char follower = byte(at + static_cast<std::size_t>(i));
    if ((follower & 0xc0) != 0x80) return 0;
    c = c << 6 | (follower & 0x3fu);
  }
  at += static_cast<std::size_t>(more) + 1;
  constexpr std::uint32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  const bool surrogate = c >= 0xd800 && c <= 0xdfff;
  return c < kLeast[more] || surrogate || c > 0x10ffff ? 0 : c;
}

}  // namespace

std::optional<std::string> without_unseen(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const std::uint32_t c = next(text, at);
    if (c == '\r' && at < text.size() && text[at] == '\n') continue;
    if (c == '\r' || c == '\n' || c == 0x2028 || c == 0x2029) {
      out += '\n';
    } else if (c == '\t') {
      out += ' ';
    } else if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
      return std::nullopt;
    } else if (!is_unseen(c)) {
      out.append(text.substr(from, at - from));
    }
  }
  return out;
}

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

bool is_plain_line(std::string_view text) {
  for (std::size_t at = 0; at < text.size();)
    if (is_unseen(next(text, at))) return false;
  return true;
}

}  // namespace diemcau
