#pragma once
// One catalogue of units: the tree as it stood from one day to another. Immutable once built, so it
// is shared between threads freely.
//
// Names are not keys: "Xã Hồng Phong" occurs three times in one province, and official codes are
// given to other units in the next catalogue. What identifies a unit is (catalogue, code).

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/units/civil_date.hpp"

namespace diemcau {

/// The depth is not fixed: three levels until mid 2025, two since (no district).
enum class UnitLevel { province, department, district, commune };
std::string_view name_of(UnitLevel level);
std::optional<UnitLevel> unit_level_from(std::string_view name);

struct Unit {
  UnitCode code;    // unique in its catalogue
  UnitCode parent;  // empty for the root
  UnitLevel level = UnitLevel::commune;
  std::string kind;           // "xã", "phường", "sở"
  std::string name;           // as catalogued: "Xã Hồng Phong", "Sở Nội vụ"
  std::string official_code;  // of the General Statistics Office; empty for departments
  int sort_order = 0;         // the order read aloud; unique in its catalogue
  /// How the name stands inside a sentence, when that differs from the rule: a unit named after a
  /// person, a number or an event keeps its capital ("Phường Trần Hưng Đạo"; NĐ 30/2020, Phụ lục
  /// II).
  std::string in_sentence_name;
};

class UnitTree {
 public:
  /// Checks codes, parents, a single root and the absence of cycles; sorts by sort_order.
  /// Errors: units.duplicate_code, units.unknown_parent, units.no_root, units.cycle, units.empty,
  /// units.too_many (all invalid_argument; detail names the code).
  static Result<std::shared_ptr<const UnitTree>> build(std::string catalogue, CivilDate valid_from,
                                                       std::optional<CivilDate> valid_to,
                                                       std::vector<Unit> units);

  const std::string& catalogue() const noexcept { return catalogue_; }
  CivilDate valid_from() const noexcept { return valid_from_; }
  /// The last day it was in force; nothing while no end is known.
  std::optional<CivilDate> valid_to() const noexcept { return valid_to_; }

  /// All units in reading order, the root first.
  std::span<const Unit> units() const noexcept { return units_; }
  const Unit& root() const noexcept { return units_[root_]; }
  /// Null when this catalogue has no such code.
  const Unit* find(const UnitCode& code) const;
  std::vector<const Unit*> children(const UnitCode& code) const;
  /// Without the unit itself, in reading order.
  std::vector<const Unit*> descendants(const UnitCode& code) const;
  /// From the root down to the unit: province, district, commune. Empty for an unknown code.
  std::vector<const Unit*> path(const UnitCode& code) const;
  /// True for the unit itself and everything below it.
  bool is_within(const UnitCode& code, const UnitCode& ancestor) const;

  /// The organ's name: "UBND xã Hồng Phong (Nam Sách)" (the parent stands there only when the
  /// catalogue has another organ of that name), "UBND Phường Trần Hưng Đạo", "Sở Nội vụ".
  std::string display_name(const Unit& unit) const;
  /// The code itself when it is unknown here, so that something can always be shown.
  std::string display_name(const UnitCode& code) const;

  /// Units whose name contains `query`, whatever the case and the diacritics ("viet hoa" and "Việt
  /// Hòa" find "Việt Hoà"), in reading order.
  std::vector<const Unit*> search(std::string_view query, std::size_t limit = 50) const;

  /// A list joined by commas, followed from left to right: `all`, `CODE` (that unit), `CODE/*`
  /// (everything below it), `CODE/+` (both), `CODE/commune` (all of that level below it; also
  /// district, department, province). A part that begins with `-` takes away what the rest of it
  /// names: `HD-300/commune,-HD-11293`. Reading order, each unit once, at least one.
  /// Errors: units.bad_selector, units.unknown (invalid_argument; detail names the part).
  Result<std::vector<UnitCode>> select(std::string_view selector) const;

 private:
  UnitTree() = default;
  std::string plain_organ_name(const Unit& unit) const;
  /// One part of a selector without its minus sign.
  Result<std::vector<const Unit*>> named_by(std::string_view part) const;

  std::string catalogue_;
  CivilDate valid_from_{};
  std::optional<CivilDate> valid_to_;
  std::vector<Unit> units_;
  std::size_t root_ = 0;
  std::unordered_map<UnitCode, std::size_t> by_code_;
  std::unordered_map<UnitCode, std::vector<std::size_t>> children_;
  std::unordered_map<std::string, int> organ_names_;  // folded; how many units bear it
};

}  // namespace diemcau
