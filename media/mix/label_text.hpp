#pragma once
// What people and sites call themselves, made fit to be drawn.

#include <string>
#include <string_view>

namespace diemcau::media {

/// Longest label drawn, in bytes of UTF-8.
inline constexpr std::size_t kMaxLabelBytes = 120;

/// Valid UTF-8 of at most `most` bytes, cut between characters: invalid bytes become U+FFFD,
/// control characters and line breaks become spaces, and characters that reorder or hide what
/// stands beside them (bidirectional controls, zero-width characters) are left out, so that no
/// name can pass itself off as another. Never interprets markup.
std::string displayable(std::string_view text, std::size_t most = kMaxLabelBytes);

}  // namespace diemcau::media
