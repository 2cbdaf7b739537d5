#pragma once
// A catalogue of units as a table.

#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/units/unit_tree.hpp"

namespace diemcau {

/// Columns, by their names in the first row: code, parent_code, level, kind, name, and optionally
/// official_code, sort_order, in_sentence_name. Without sort_order the order of rows is the order
/// read aloud. Errors: csv.* (csv.hpp), units.bad_csv (invalid_argument; detail: "line 12: …").
Result<std::vector<Unit>> parse_unit_csv(std::string_view text);

/// Hải Dương 2023, as shipped (data/README.md names the source).
std::string_view default_unit_csv();

}  // namespace diemcau
