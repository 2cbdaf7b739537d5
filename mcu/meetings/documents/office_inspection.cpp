// Office Open XML (ECMA-376) files: which of the three it is, and that it holds neither macros nor
// programs nor more than it says. Every byte is unpacked once, within bounds, and thrown away.

#include <array>
#include <cstring>
#include <memory>
#include <set>
#include <string>

#include <zip.h>

#include "mcu/meetings/documents/inspection.hpp"
#include "mcu/meetings/documents/relationships.hpp"

namespace diemcau::mcu {
namespace {

constexpr zip_int64_t kMostParts = 10'000;
constexpr std::uint64_t kMostUnpacked = 512ull << 20;
constexpr std::uint64_t kMostReadPart = 4ull << 20;  // of a part whose text is looked at
constexpr std::size_t kMostName = 260;
constexpr const char* kTypesPart = "[Content_Types].xml";

struct Closer {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, Closer>;
using Part = std::unique_ptr<zip_file_t, Closer>;

Error damaged(const char* why) {
  return make_error(Errc::unsupported, "document.damaged", why);
}
Error active() {
  return make_error(Errc::unsupported, "document.active",
                    "the file holds macros, controls, programs or a template from elsewhere");
}
Error too_complex() {
  return make_error(Errc::unsupported, "document.too_complex",
                    "the file unpacks to more than 512 MiB or 10 000 parts");
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool is_active_part(std::string_view name) {
  for (const std::string_view sign : {"vbaproject", "vbadata", "activex", "oleobject", "macrosheet",
                                      "dialogsheet", "attachedtoolbars"})
    if (name.find(sign) != std::string_view::npos) return true;
  for (const std::string_view ending :
       {".exe", ".dll", ".js", ".jse", ".vbs", ".vbe", ".wsf", ".hta", ".bat", ".cmd", ".ps1",
        ".scr", ".lnk", ".html", ".htm", ".mht", ".svg", ".swf", ".jar"})
    if (name.ends_with(ending)) return true;
  return false;
}

bool is_bad_name(std::string_view name) {
  return name.empty() || name.size() > kMostName || name.front() == '/' ||
         name.find('\\') != std::string_view::npos || name.find("..") != std::string_view::npos;
}

/// Unpacks one part, counting into `unpacked`; its text where it is to be looked at.
Result<std::string> unpack(zip_t* archive, zip_uint64_t index, bool look, std::uint64_t& unpacked) {
  const Part part(zip_fopen_index(archive, index, 0));
  if (!part) return damaged("a part cannot be opened");
  std::string text;
  std::array<char, 64 * 1024> piece{};
  for (;;) {
    const zip_int64_t got = zip_fread(part.get(), piece.data(), piece.size());
    if (got < 0) return damaged("a part cannot be unpacked");
    if (got == 0) return text;
    unpacked += static_cast<std::uint64_t>(got);
    if (unpacked > kMostUnpacked) return too_complex();
    if (!look) continue;
    text.append(piece.data(), static_cast<std::size_t>(got));
    if (text.size() > kMostReadPart) return too_complex();
  }
}

Result<ContentKind> kind_by(std::string_view types) {
  if (types.find("macroEnabled") != std::string_view::npos ||
      types.find("vbaProject") != std::string_view::npos)
    return active();
  if (types.find("wordprocessingml.document.main+xml") != std::string_view::npos)
    return ContentKind::docx;
  if (types.find("spreadsheetml.sheet.main+xml") != std::string_view::npos)
    return ContentKind::xlsx;
  if (types.find("presentationml.presentation.main+xml") != std::string_view::npos ||
      types.find("presentationml.slideshow.main+xml") != std::string_view::npos)
    return ContentKind::pptx;
  return make_error(Errc::unsupported, "document.unknown_type",
                    "an archive that is neither DOCX, XLSX nor PPTX");
}

}  // namespace

Result<Inspection> inspect_office_file(const std::filesystem::path& file) {
  int failure = 0;
  const Archive archive(zip_open(file.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &failure));
  if (!archive) return damaged("not a whole ZIP archive");
  const zip_int64_t parts = zip_get_num_entries(archive.get(), 0);
  if (parts > kMostParts) return too_complex();
  std::set<std::string> names;
  std::uint64_t announced = 0, unpacked = 0;
  Result<ContentKind> kind =
      make_error(Errc::unsupported, "document.unknown_type", "a ZIP archive, but no office file");
  for (zip_uint64_t index = 0; index < static_cast<zip_uint64_t>(parts); ++index) {
    zip_stat_t about;
    zip_stat_init(&about);
    if (zip_stat_index(archive.get(), index, 0, &about) != 0 ||
        (about.valid & ZIP_STAT_NAME) == 0 || (about.valid & ZIP_STAT_SIZE) == 0)
      return damaged("a part has no name or size");
    if ((about.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && about.encryption_method != ZIP_EM_NONE)
      return make_error(Errc::unsupported, "document.encrypted", "the file asks for a password");
    const std::string name = lower(about.name);
    if (is_bad_name(name) || !names.insert(name).second)
      return damaged("a part's name leads elsewhere or stands there twice");
    if (is_active_part(name)) return active();
    announced += about.size;
    if (about.size > kMostUnpacked || announced > kMostUnpacked) return too_complex();
    const bool is_types = std::strcmp(about.name, kTypesPart) == 0;
    const bool is_relations = name.ends_with(".rels");
    auto text = unpack(archive.get(), index, is_types || is_relations, unpacked);
    if (!text) return text.error();
    if (is_relations && reaches_outside(*text)) return active();
    if (!is_types) continue;
    kind = kind_by(*text);
    if (!kind) return kind.error();
  }
  if (!kind) return kind.error();
  return Inspection{*kind, 0};
}

}  // namespace diemcau::mcu
