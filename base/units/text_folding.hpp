#pragma once
// Vietnamese names as people type them: tone marks stand on either vowel ("Hòa", "Hoà"), case
// varies, and diacritics are often left out altogether.

#include <cstddef>
#include <string>
#include <string_view>

namespace diemcau {

bool is_valid_utf8(std::string_view text);
/// Composed form (NFC), as all stored names are. False for invalid UTF-8.
bool is_nfc(std::string_view text);
/// What a name or title may be: a plain line (base/text.hpp) in NFC, of assigned characters and at
/// most `most` of them, not blank unless empty.
bool is_plain_title(std::string_view text, std::size_t most);

/// Lower case, NFC: "Xã" → "xã". `text` must be valid UTF-8.
std::string lower_case(std::string_view text);

/// Equal for names that differ only in case and in the placing of tone marks.
std::string fold_tone_placement(std::string_view text);
/// Equal for names that differ only in case and diacritics: "Việt Hoà" → "viet hoa", "Đ" → "d".
std::string fold_diacritics(std::string_view text);

}  // namespace diemcau
