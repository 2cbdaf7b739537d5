#pragma once
// What a document may be, told by its first bytes and never by its name.

#include <cstdint>
#include <optional>
#include <string_view>

namespace diemcau::mcu {

enum class ContentKind : std::uint8_t { pdf, png, jpeg, docx, xlsx, pptx };

/// "pdf", "png" …; also the ending of a file's name.
std::string_view name_of(ContentKind kind);
std::optional<ContentKind> content_kind_from(std::string_view name);
std::string_view media_type_of(ContentKind kind);
std::optional<ContentKind> content_kind_of_media_type(std::string_view media_type);

/// By the first bytes of a file: pdf, png, jpeg, or docx for any ZIP archive, whose parts then say
/// which of the three it is. Nothing for all else.
std::optional<ContentKind> sniff(std::string_view first_bytes);

}  // namespace diemcau::mcu
