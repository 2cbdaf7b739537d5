#pragma once
// What a document really is, and whether it may be shown to a province. Parses hostile bytes with
// the help of qpdf, libzip and zlib: the server runs it in a process of its own (inspector.hpp).

#include <filesystem>
#include <span>

#include "base/result.hpp"
#include "mcu/meetings/documents/content_kind.hpp"

namespace diemcau::mcu {

struct Inspection {
  ContentKind kind = ContentKind::pdf;
  int pages = 1;  // of a PDF; pictures have one, office files are not counted: 0
};

/// A regular file. Errors (unsupported): document.unknown_type, document.damaged,
/// document.encrypted, document.active (scripts, launched programs, forms that send, macros,
/// templates from elsewhere), document.attachments (files inside of it), document.too_complex
/// (more pages, pixels or unpacked bytes than a meeting needs).
Result<Inspection> inspect_file(const std::filesystem::path& file);

// Its parts.
inline constexpr int kMostPages = 3000;
Result<Inspection> inspect_pdf(const std::filesystem::path& file);
Result<Inspection> inspect_office_file(const std::filesystem::path& file);

}  // namespace diemcau::mcu
