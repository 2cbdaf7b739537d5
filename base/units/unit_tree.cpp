#include "base/units/unit_tree.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/units/text_folding.hpp"

namespace diemcau {
namespace {

constexpr std::size_t kMaxUnits = 20'000;  // the whole country has about 11 000
constexpr std::string_view kPeoplesCommittee = "UBND ";
constexpr std::array<std::string_view, 4> kLevels{"province", "department", "district", "commune"};

Error bad(std::string_view code, std::string detail) {
  return make_error(Errc::invalid_argument, code, detail);
}

/// "Xã Hồng Phong" without its kind "xã": "Hồng Phong". The province is catalogued as an organ
/// ("UBND tỉnh Hải Dương"), so that word goes first.
std::string bare_name(const Unit& unit) {
  std::string_view name = unit.name;
  if (name.starts_with(kPeoplesCommittee)) name.remove_prefix(kPeoplesCommittee.size());
  const std::string lowered = lower_case(name);
  const std::string prefix = lower_case(unit.kind) + " ";
  // Lower-casing keeps the byte length of Vietnamese letters, except that it may not in general.
  if (lowered.starts_with(prefix) && lowered.size() == name.size()) {
    name.remove_prefix(prefix.size());
  }
  return std::string(name);
}

}  // namespace

std::string_view name_of(UnitLevel level) {
  return kLevels[static_cast<std::size_t>(level)];
}

std::optional<UnitLevel> unit_level_from(std::string_view name) {
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    if (kLevels[i] == name) return static_cast<UnitLevel>(i);
  }
  return std::nullopt;
}

Result<std::shared_ptr<const UnitTree>> UnitTree::build(std::string catalogue, CivilDate valid_from,
                                                        std::optional<CivilDate> valid_to,
                                                        std::vector<Unit> units) {
  if (units.empty()) return bad("units.empty", "the catalogue has no units");
  if (units.size() > kMaxUnits) return bad("units.too_many", "the catalogue has too many units");
  std::shared_ptr<UnitTree> tree(new UnitTree);
  tree->catalogue_ = std::move(catalogue);
  tree->valid_from_ = valid_from;
  tree->valid_to_ = valid_to;
  std::ranges::stable_sort(units, {}, &Unit::sort_order);
  tree->units_ = std::move(units);

  std::optional<std::size_t> root;
  for (std::size_t i = 0; i < tree->units_.size(); ++i) {
    const Unit& unit = tree->units_[i];
    if (!tree->by_code_.emplace(unit.code, i).second) {
      return bad("units.duplicate_code", "the code " + unit.code.str() + " stands twice");
    }
    if (!unit.parent.empty()) {
      tree->children_[unit.parent].push_back(i);
    } else if (root) {
      return bad("units.no_root", "more than one unit has no parent: " + unit.code.str());
    } else {
      root = i;
    }
  }
  if (!root) return bad("units.no_root", "no unit is without a parent");
  tree->root_ = *root;
  for (const Unit& unit : tree->units_) {
    if (!unit.parent.empty() && !tree->by_code_.contains(unit.parent)) {
      return bad("units.unknown_parent",
                 unit.code.str() + " has the unknown parent " + unit.parent.str());
    }
  }
  // With one root and every parent known, what the root does not reach goes round in a circle.
  const std::size_t reached = tree->descendants(tree->root().code).size() + 1;
  if (reached != tree->units_.size()) return bad("units.cycle", "the parents go round in a circle");

  for (const Unit& unit : tree->units_) {
    ++tree->organ_names_[fold_tone_placement(tree->plain_organ_name(unit))];
  }
  return std::shared_ptr<const UnitTree>(std::move(tree));
}

const Unit* UnitTree::find(const UnitCode& code) const {
  const auto found = by_code_.find(code);
  return found == by_code_.end() ? nullptr : &units_[found->second];
}

std::vector<const Unit*> UnitTree::children(const UnitCode& code) const {
  std::vector<const Unit*> out;
  if (const auto found = children_.find(code); found != children_.end()) {
    for (const std::size_t i : found->second) out.push_back(&units_[i]);
  }
  return out;
}

std::vector<const Unit*> UnitTree::descendants(const UnitCode& code) const {
  std::vector<const Unit*> out = children(code);
  for (std::size_t i = 0; i < out.size(); ++i) {  // grows while it is walked: breadth first
    for (const Unit* child : children(out[i]->code)) out.push_back(child);
  }
  std::ranges::sort(out);  // units_ is in reading order, so addresses are too
  return out;
}

std::vector<const Unit*> UnitTree::path(const UnitCode& code) const {
  std::vector<const Unit*> out;
  for (const Unit* unit = find(code); unit != nullptr; unit = find(unit->parent)) {
    out.push_back(unit);
  }
  std::ranges::reverse(out);
  return out;
}

bool UnitTree::is_within(const UnitCode& code, const UnitCode& ancestor) const {
  for (const Unit* unit = find(code); unit != nullptr; unit = find(unit->parent)) {
    if (unit->code == ancestor) return true;
  }
  return false;
}

std::string UnitTree::plain_organ_name(const Unit& unit) const {
  if (unit.name.starts_with(kPeoplesCommittee) || unit.level == UnitLevel::department) {
    return unit.name;
  }
  std::string out(kPeoplesCommittee);
  if (!unit.in_sentence_name.empty()) return out + unit.in_sentence_name;
  return out + lower_case(unit.kind) + " " + bare_name(unit);
}

std::string UnitTree::display_name(const Unit& unit) const {
  const std::string name = plain_organ_name(unit);
  const auto bearers = organ_names_.find(fold_tone_placement(name));
  const Unit* parent = find(unit.parent);
  if (parent == nullptr || bearers == organ_names_.end() || bearers->second < 2) return name;
  return name + " (" + bare_name(*parent) + ")";
}

std::string UnitTree::display_name(const UnitCode& code) const {
  const Unit* unit = find(code);
  return unit == nullptr ? code.str() : display_name(*unit);
}

std::vector<const Unit*> UnitTree::search(std::string_view query, std::size_t limit) const {
  std::vector<const Unit*> out;
  if (!is_valid_utf8(query) || query.size() > 200) return out;
  const std::string wanted = fold_diacritics(query);
  for (const Unit& unit : units_) {
    if (out.size() == limit) break;
    if (fold_diacritics(unit.name).find(wanted) != std::string::npos) out.push_back(&unit);
  }
  return out;
}

Result<std::vector<const Unit*>> UnitTree::named_by(std::string_view part) const {
  std::vector<const Unit*> out;
  if (part == "all") {
    for (const Unit& unit : units_) out.push_back(&unit);
    return out;
  }
  const std::size_t slash = part.find('/');
  const std::string_view code = part.substr(0, slash);
  if (code.empty()) {
    return bad("units.bad_selector", "write all, or codes joined by commas: HD-SNV,HD-288/+");
  }
  const Unit* unit = find(UnitCode(std::string(code)));
  if (unit == nullptr) {
    return bad("units.unknown",
               "no unit " + std::string(code.substr(0, 40)) + " in catalogue " + catalogue_);
  }
  if (slash == std::string_view::npos) {
    out.push_back(unit);
    return out;
  }
  const std::string_view what = part.substr(slash + 1);
  const auto level = unit_level_from(what);
  if (what != "*" && what != "+" && !level) {
    return bad("units.bad_selector", "after a code stands /*, /+ or a level: HD-288/commune");
  }
  out = descendants(unit->code);
  if (what == "+") out.push_back(unit);
  if (level) std::erase_if(out, [&](const Unit* each) { return each->level != *level; });
  return out;
}

Result<std::vector<UnitCode>> UnitTree::select(std::string_view selector) const {
  std::set<const Unit*> chosen;  // by address: reading order, each once
  for (;;) {
    const std::size_t comma = selector.find(',');
    std::string_view part = selector.substr(0, comma);
    const bool without = part.starts_with('-');
    if (without) part.remove_prefix(1);
    const auto named = named_by(part);
    if (!named) return named.error();
    for (const Unit* unit : *named) {
      if (without) {
        chosen.erase(unit);
      } else {
        chosen.insert(unit);
      }
    }
    if (comma == std::string_view::npos) break;
    selector.remove_prefix(comma + 1);
  }
  if (chosen.empty()) return bad("units.bad_selector", "nobody is left of those chosen");
  std::vector<UnitCode> out;
  for (const Unit* unit : chosen) out.push_back(unit->code);
  return out;
}

}  // namespace diemcau
