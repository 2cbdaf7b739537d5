#include "base/units/unit_csv.hpp"

#include <array>
#include <charconv>
#include <string>

#include "base/units/csv.hpp"

namespace diemcau {
namespace {

enum Column { code, parent_code, level, kind, name, official_code, sort_order, in_sentence_name };
constexpr std::array<std::string_view, 8> kColumns{
    "code", "parent_code",   "level",      "kind",
    "name", "official_code", "sort_order", "in_sentence_name"};
constexpr std::size_t kRequired = 5;
constexpr std::size_t kMaxName = 200;

using Header = std::array<int, kColumns.size()>;  // where each column stands; -1: nowhere

Error bad(std::size_t line, const std::string& what) {
  return make_error(Errc::invalid_argument, "units.bad_csv",
                    "line " + std::to_string(line) + ": " + what);
}

Result<Header> read_header(const CsvRow& row) {
  Header header;
  header.fill(-1);
  for (std::size_t i = 0; i < row.fields.size(); ++i) {
    bool known = false;
    for (std::size_t c = 0; c < kColumns.size(); ++c) {
      if (row.fields[i] != kColumns[c]) continue;
      if (header[c] >= 0) return bad(row.line, "column " + row.fields[i] + " stands twice");
      header[c] = static_cast<int>(i);
      known = true;
    }
    if (!known) return bad(row.line, "unknown column " + row.fields[i]);
  }
  for (std::size_t c = 0; c < kRequired; ++c) {
    if (header[c] < 0) return bad(row.line, "column " + std::string(kColumns[c]) + " is missing");
  }
  return header;
}

bool is_code(std::string_view text) {
  if (text.empty() || text.size() > 32) return false;
  for (const char c : text) {
    const bool fine = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.';
    if (!fine) return false;
  }
  return true;
}

Result<Unit> read_unit(const CsvRow& row, const Header& header, int position) {
  auto field = [&](Column column) -> std::string {
    const int at = header[column];
    return at < 0 ? std::string() : row.fields[static_cast<std::size_t>(at)];
  };
  Unit unit;
  unit.code = UnitCode(field(code));
  unit.parent = UnitCode(field(parent_code));
  unit.kind = field(kind);
  unit.name = field(name);
  unit.official_code = field(official_code);
  unit.in_sentence_name = field(in_sentence_name);
  unit.sort_order = position;
  if (!is_code(unit.code.str())) {
    return bad(row.line, "a code is 1 to 32 letters, digits, '-', '_' or '.'");
  }
  if (!unit.parent.empty() && !is_code(unit.parent.str())) return bad(row.line, "bad parent_code");
  const auto known_level = unit_level_from(field(level));
  if (!known_level) {
    return bad(row.line, "level must be province, department, district or commune");
  }
  unit.level = *known_level;
  if (unit.name.empty() || unit.name.size() > kMaxName || unit.kind.empty() ||
      unit.kind.size() > kMaxName || unit.in_sentence_name.size() > kMaxName ||
      unit.official_code.size() > 32) {
    return bad(row.line, "name and kind must be there, and no field may be overlong");
  }
  if (const std::string order = field(sort_order); !order.empty()) {
    const auto [end, error] =
        std::from_chars(order.data(), order.data() + order.size(), unit.sort_order);
    if (error != std::errc{} || end != order.data() + order.size() || unit.sort_order < 0) {
      return bad(row.line, "sort_order must be a number");
    }
  }
  return unit;
}

}  // namespace

Result<std::vector<Unit>> parse_unit_csv(std::string_view text) {
  auto rows = parse_csv(text);
  if (!rows) return rows.error();
  if (rows->empty()) return bad(1, "the file is empty");
  auto header = read_header(rows->front());
  if (!header) return header.error();
  std::vector<Unit> units;
  units.reserve(rows->size() - 1);
  for (std::size_t i = 1; i < rows->size(); ++i) {
    auto unit = read_unit((*rows)[i], *header, static_cast<int>(i));
    if (!unit) return unit.error();
    units.push_back(std::move(*unit));
  }
  return units;
}

}  // namespace diemcau
