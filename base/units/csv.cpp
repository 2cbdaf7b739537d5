#include "base/units/csv.hpp"

#include "base/units/text_folding.hpp"

namespace diemcau {
namespace {

class CsvParser {
 public:
  CsvParser(std::string_view text, const CsvLimits& limits) : text_(text), limits_(limits) {}

  Result<std::vector<CsvRow>> parse() {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
    std::vector<CsvRow> rows;
    while (at_ < text_.size()) {
      if (only_line_ends_left()) break;
      if (rows.size() == limits_.rows) return too_large("too many rows");
      CsvRow row{line_, {}};
      if (!read_row(row)) return error_;
      if (!rows.empty() && row.fields.size() != rows.front().fields.size()) {
        return malformed(row.line, "has " + std::to_string(row.fields.size()) +
                                       " fields instead of " +
                                       std::to_string(rows.front().fields.size()));
      }
      rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  bool only_line_ends_left() const {
    return text_.find_first_not_of("\r\n", at_) == std::string_view::npos;
  }

  bool read_row(CsvRow& row) {
    for (;;) {
      if (row.fields.size() == limits_.columns) return fail(too_large("too many columns"));
      std::string field;
      if (!read_field(field) || !check(field)) return false;
      row.fields.push_back(std::move(field));
      if (at_ == text_.size()) return true;
      if (text_[at_] == ',') {
        ++at_;
        continue;
      }
      return read_line_end();
    }
  }

  bool read_field(std::string& field) {
    if (at_ < text_.size() && text_[at_] == '"') return read_quoted(field);
    const std::size_t end = std::min(text_.find_first_of(",\r\n\"", at_), text_.size());
    if (end < text_.size() && text_[end] == '"') {
      return fail(malformed(line_, "has a quote inside an unquoted field"));
    }
    field = text_.substr(at_, end - at_);
    at_ = end;
    return true;
  }

  bool read_quoted(std::string& field) {
    const std::size_t opened = line_;
    ++at_;
    for (;;) {
      const std::size_t quote = text_.find('"', at_);
      if (quote == std::string_view::npos) return fail(malformed(opened, "has an unclosed quote"));
      for (const char c : text_.substr(at_, quote - at_)) line_ += c == '\n' ? 1 : 0;
      field += text_.substr(at_, quote - at_);
      at_ = quote + 1;
      if (field.size() > limits_.field_bytes) return fail(too_large("a field is too long"));
      if (at_ == text_.size() || text_[at_] != '"') break;
      field += '"';  // a doubled quote
      ++at_;
    }
    if (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\r' && text_[at_] != '\n') {
      return fail(malformed(line_, "has text after a closing quote"));
    }
    return true;
  }

  bool read_line_end() {
    if (text_[at_] == '\r') ++at_;
    if (at_ == text_.size() || text_[at_] != '\n') {
      return fail(malformed(line_, "ends with a lone carriage return"));
    }
    ++at_;
    ++line_;
    return true;
  }

  bool check(const std::string& field) {
    if (field.size() > limits_.field_bytes) return fail(too_large("a field is too long"));
    for (const char c : field) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
        return fail(malformed(line_, "has a control character"));
      }
    }
    if (!is_valid_utf8(field)) return fail(malformed(line_, "is not UTF-8"));
    if (!is_nfc(field)) return fail(malformed(line_, "is not in Unicode form NFC"));
    return true;
  }

  bool fail(Error error) {
    error_ = std::move(error);
    return false;
  }
  static Error malformed(std::size_t line, const std::string& what) {
    return make_error(Errc::invalid_argument, "csv.malformed",
                      "line " + std::to_string(line) + " " + what);
  }
  Error too_large(const std::string& what) const {
    return make_error(Errc::too_large, "csv.too_large",
                      "line " + std::to_string(line_) + ": " + what);
  }

  std::string_view text_;
  const CsvLimits& limits_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  Error error_;
};

}  // namespace

Result<std::vector<CsvRow>> parse_csv(std::string_view text, const CsvLimits& limits) {
  if (text.size() > limits.bytes) {
    return make_error(Errc::too_large, "csv.too_large", "the file is too large");
  }
  return CsvParser(text, limits).parse();
}

}  // namespace diemcau
