#include <array>
#include <charconv>
#include <string>

#include "mcu/meetings/documents/inspector.hpp"

namespace diemcau::mcu {
namespace {

constexpr std::size_t kMostDetail = 200;
// Nothing else is believed: a document may have taken the program over.
constexpr std::array<std::string_view, 6> kCodes{"document.unknown_type", "document.damaged",
                                                 "document.encrypted",    "document.active",
                                                 "document.attachments",  "document.too_complex"};

std::string_view take_word(std::string_view& text) {
  const auto word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(word.size() + 1, text.size()));
  return word;
}

bool is_printable(std::string_view text) {
  for (const char c : text)
    if (c < 0x20 || c > 0x7e) return false;
  return true;
}

}  // namespace

std::string to_verdict(const Result<Inspection>& inspection) {
  if (inspection)
    return "ok " + std::string(name_of(inspection->kind)) + " " +
           std::to_string(inspection->pages) + "\n";
  const Error& error = inspection.error();
  return "no " + error.code + " " + error.detail.substr(0, kMostDetail) + "\n";
}

Result<Inspection> read_verdict(std::string_view line) {
  const Error unreadable =
      make_error(Errc::unsupported, "document.too_complex",
                 "the document takes more memory or time to look at than a meeting needs");
  if (!line.ends_with('\n')) return unreadable;
  line.remove_suffix(1);
  const auto outcome = take_word(line);
  if (outcome == "ok") {
    const auto kind = content_kind_from(take_word(line));
    int pages = -1;
    const auto [end, failed] = std::from_chars(line.data(), line.data() + line.size(), pages);
    const bool number = failed == std::errc() && end == line.data() + line.size();
    if (!kind || !number || pages < 0 || pages > kMostPages) return unreadable;
    return Inspection{*kind, pages};
  }
  if (outcome != "no") return unreadable;
  const auto code = take_word(line);
  for (const auto known : kCodes)
    if (known == code && line.size() <= kMostDetail && is_printable(line))
      return make_error(Errc::unsupported, code, line);
  return unreadable;
}

}  // namespace diemcau::mcu
