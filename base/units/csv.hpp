#pragma once
// Comma-separated values (RFC 4180), read strictly: what is not clearly one table is refused with
// the line it stands on.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace diemcau {

struct CsvLimits {
  std::size_t bytes = 4u << 20;
  std::size_t rows = 20'000;
  std::size_t columns = 64;
  std::size_t field_bytes = 4096;
};

struct CsvRow {
  std::size_t line = 0;  // where it begins, from 1
  std::vector<std::string> fields;
};

/// Lines end with LF or CRLF; a leading byte-order mark is skipped; empty lines at the end too. All
/// rows have as many fields as the first. UTF-8 in NFC without control characters.
/// Errors: csv.too_large (too_large), csv.malformed (invalid_argument; detail: "line 12: …").
Result<std::vector<CsvRow>> parse_csv(std::string_view text, const CsvLimits& limits = {});

}  // namespace diemcau
