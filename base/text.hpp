#pragma once
// Text that people typed and others will read.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace diemcau {

/// One line of valid UTF-8 without anything that is not seen: control characters, line and
/// paragraph separators, zero-width and private characters, and the marks that turn the direction
/// of what follows (Unicode UAX #9), with which a name can pass itself off as another.
bool is_plain_line(std::string_view text);

/// Text of several lines without what is not seen: zero-width characters and marks of direction are
/// left out, every kind of line end becomes one line feed. Nothing when it is not UTF-8 or holds
/// other control characters.
std::optional<std::string> without_unseen(std::string_view text);

/// Code points of valid UTF-8.
std::size_t characters_in(std::string_view text);

}  // namespace diemcau
