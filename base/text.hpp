#pragma once
// Text that people typed and others will read.

#include <string_view>

namespace diemcau {

/// One line of valid UTF-8 without anything that is not seen: control characters, line and
/// paragraph separators, zero-width characters, and the marks that turn the direction of what
/// follows (Unicode UAX #9), with which a name can pass itself off as another.
bool is_plain_line(std::string_view text);

}  // namespace diemcau
