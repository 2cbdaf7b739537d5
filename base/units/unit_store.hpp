#pragma once
// The catalogues of units, kept with their dates. Any thread; blocking.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/storage/database.hpp"
#include "base/units/unit_tree.hpp"

namespace diemcau {

struct Catalogue {
  std::string name;  // "hai-duong-2023": 1 to 64 of [A-Za-z0-9._-]
  CivilDate valid_from{};
  std::optional<CivilDate> valid_to;
  std::size_t units = 0;
};

class UnitStore {
 public:
  explicit UnitStore(Database& database) : database_(database) {}
  static const Schema& schema();

  /// First start: when there is no catalogue at all, the built-in one (Hải Dương 2023) is imported.
  Result<void> import_default_if_empty();

  /// The catalogue in force on a day. Of several the one that began last. When none covers the
  /// day, the nearest: the latest one that began before it, else the earliest one there is. So a
  /// server whose catalogue has run out still holds meetings, under the last known names.
  /// Errors: units.none (not_found).
  Result<std::shared_ptr<const UnitTree>> at(CivilDate day) const;
  Result<std::shared_ptr<const UnitTree>> today(const Clock& clock) const {
    return at(vietnam_date(clock.wall()));
  }
  /// By name, as a meeting remembers it. Errors: units.no_catalogue (not_found).
  Result<std::shared_ptr<const UnitTree>> catalogue(const std::string& name) const;
  Result<std::vector<Catalogue>> catalogues() const;

  /// Reads a CSV (unit_csv.hpp) and stores it under `name`. All or nothing. Errors: those of
  /// parse_unit_csv and UnitTree::build; units.in_use (conflict): a catalogue of that name is there
  /// already (names of past meetings do not change under them).
  Result<Catalogue> import_csv(std::string name, std::string_view csv, CivilDate valid_from,
                               std::optional<CivilDate> valid_to);

 private:
  Result<std::shared_ptr<const UnitTree>> load(const Catalogue& info) const;

  Database& database_;
  mutable std::mutex mutex_;
  // By name; a catalogue never changes once it is stored.
  mutable std::unordered_map<std::string, std::shared_ptr<const UnitTree>> cache_;
};

}  // namespace diemcau
