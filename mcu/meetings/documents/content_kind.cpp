#include "mcu/meetings/documents/content_kind.hpp"

#include <array>

namespace diemcau::mcu {
namespace {

using namespace std::string_view_literals;

struct Known {
  ContentKind kind;
  std::string_view name, media_type;
};
constexpr std::array kKnown{
    Known{ContentKind::pdf, "pdf", "application/pdf"},
    Known{ContentKind::png, "png", "image/png"},
    Known{ContentKind::jpeg, "jpg", "image/jpeg"},
    Known{ContentKind::docx, "docx",
          "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    Known{ContentKind::xlsx, "xlsx",
          "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    Known{ContentKind::pptx, "pptx",
          "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
};

}  // namespace

std::string_view name_of(ContentKind kind) {
  return kKnown[static_cast<std::size_t>(kind)].name;
}

std::string_view media_type_of(ContentKind kind) {
  return kKnown[static_cast<std::size_t>(kind)].media_type;
}

std::optional<ContentKind> content_kind_from(std::string_view name) {
  for (const Known& known : kKnown)
    if (known.name == name) return known.kind;
  return std::nullopt;
}

std::optional<ContentKind> content_kind_of_media_type(std::string_view media_type) {
  for (const Known& known : kKnown)
    if (known.media_type == media_type) return known.kind;
  return std::nullopt;
}

std::optional<ContentKind> sniff(std::string_view first_bytes) {
  if (first_bytes.starts_with("%PDF-"sv)) return ContentKind::pdf;
  if (first_bytes.starts_with("\x89PNG\r\n\x1a\n"sv)) return ContentKind::png;
  if (first_bytes.starts_with("\xff\xd8\xff"sv)) return ContentKind::jpeg;
  if (first_bytes.starts_with("PK\x03\x04"sv)) return ContentKind::docx;
  return std::nullopt;
}

}  // namespace diemcau::mcu
