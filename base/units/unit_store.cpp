#include "base/units/unit_store.hpp"

#include <soci/soci.h>

#include "base/units/unit_csv.hpp"

namespace diemcau {
namespace {

constexpr std::string_view kDefaultName = "hai-duong-2023";

bool is_catalogue_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 &&
         name.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
             std::string_view::npos;
}

void insert_unit(soci::session& session, const std::string& catalogue, const Unit& unit) {
  const std::string level(name_of(unit.level));
  session << "INSERT INTO units (catalogue, code, parent_code, level, kind, name, official_code,"
             " sort_order, in_sentence_name) VALUES (:catalogue, :code, :parent, :level, :kind,"
             " :name, :official, :sort_order, :in_sentence)",
      soci::use(catalogue), soci::use(unit.code.value), soci::use(unit.parent.value),
      soci::use(level), soci::use(unit.kind), soci::use(unit.name), soci::use(unit.official_code),
      soci::use(unit.sort_order), soci::use(unit.in_sentence_name);
}

std::vector<Unit> read_units(soci::session& session, const std::string& catalogue) {
  Unit row;
  std::string level;
  soci::statement rows =
      (session.prepare << "SELECT code, parent_code, level, kind, name, official_code, sort_order,"
                          " in_sentence_name FROM units WHERE catalogue = :catalogue"
                          " ORDER BY sort_order, code",
       soci::use(catalogue), soci::into(row.code.value), soci::into(row.parent.value),
       soci::into(level), soci::into(row.kind), soci::into(row.name), soci::into(row.official_code),
       soci::into(row.sort_order), soci::into(row.in_sentence_name));
  std::vector<Unit> units;
  rows.execute();
  while (rows.fetch()) {
    row.level = unit_level_from(level).value_or(UnitLevel::commune);
    units.push_back(row);
  }
  return units;
}

}  // namespace

const Schema& UnitStore::schema() {
  static const Schema schema{
      "units",
      {{1,
        "catalogues of units",
        {{"CREATE TABLE unit_catalogues ("
          " name TEXT PRIMARY KEY, valid_from TEXT NOT NULL, valid_to TEXT NOT NULL,"
          " unit_count BIGINT NOT NULL)"},
         {"CREATE TABLE units ("
          " catalogue TEXT NOT NULL REFERENCES unit_catalogues (name),"
          " code TEXT NOT NULL, parent_code TEXT NOT NULL, level TEXT NOT NULL, kind TEXT NOT NULL,"
          " name TEXT NOT NULL, official_code TEXT NOT NULL, sort_order BIGINT NOT NULL,"
          " in_sentence_name TEXT NOT NULL, PRIMARY KEY (catalogue, code))"}}}}};
  return schema;
}

Result<void> UnitStore::import_default_if_empty() {
  auto known = catalogues();
  if (!known) return known.error();
  if (!known->empty()) return {};
  using namespace std::chrono;
  // On 1 December 2024 the 235 communes became 207.
  auto imported = import_csv(std::string(kDefaultName), default_unit_csv(), 2023y / January / 1,
                             2024y / November / 30);
  // Another program starting at the same moment may have been first.
  if (!imported && imported.error().code != "units.in_use") return imported.error();
  return {};
}

Result<std::vector<Catalogue>> UnitStore::catalogues() const {
  return database_.run([](soci::session& session) {
    std::string name, from, to;
    long long count = 0;
    soci::statement rows =
        (session.prepare << "SELECT name, valid_from, valid_to, unit_count FROM unit_catalogues"
                            " ORDER BY valid_from, name",
         soci::into(name), soci::into(from), soci::into(to), soci::into(count));
    std::vector<Catalogue> out;
    rows.execute();
    while (rows.fetch()) {
      out.push_back({name, parse_date(from).value_or(CivilDate{}), parse_date(to),
                     static_cast<std::size_t>(count)});
    }
    return out;
  });
}

Result<std::shared_ptr<const UnitTree>> UnitStore::at(CivilDate day) const {
  auto known = catalogues();
  if (!known) return known.error();
  if (known->empty())
    return make_error(Errc::not_found, "units.none", "no unit catalogue is there");
  const Catalogue* covering = nullptr;
  const Catalogue* before = nullptr;
  for (const Catalogue& candidate : *known) {  // in order of their first day
    if (candidate.valid_from > day) continue;
    before = &candidate;
    if (!candidate.valid_to || *candidate.valid_to >= day) covering = &candidate;
  }
  if (covering == nullptr) covering = before != nullptr ? before : &known->front();
  return load(*covering);
}

Result<std::shared_ptr<const UnitTree>> UnitStore::catalogue(const std::string& name) const {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = cache_.find(name); found != cache_.end()) return found->second;
  }
  auto known = catalogues();
  if (!known) return known.error();
  for (const Catalogue& candidate : *known) {
    if (candidate.name == name) return load(candidate);
  }
  return make_error(Errc::not_found, "units.no_catalogue", "no unit catalogue " + name);
}

Result<std::shared_ptr<const UnitTree>> UnitStore::load(const Catalogue& info) const {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = cache_.find(info.name); found != cache_.end()) return found->second;
  }
  auto units =
      database_.run([&](soci::session& session) { return read_units(session, info.name); });
  if (!units) return units.error();
  auto tree = UnitTree::build(info.name, info.valid_from, info.valid_to, std::move(*units));
  if (!tree) return tree.error();
  const std::lock_guard lock(mutex_);
  return cache_.try_emplace(info.name, *tree).first->second;
}

Result<Catalogue> UnitStore::import_csv(std::string name, std::string_view csv,
                                        CivilDate valid_from, std::optional<CivilDate> valid_to) {
  if (!is_catalogue_name(name)) {
    return make_error(Errc::invalid_argument, "units.bad_name",
                      "a catalogue's name is 1 to 64 letters, digits, '-', '_' or '.'");
  }
  if (!valid_from.ok() || (valid_to && (!valid_to->ok() || *valid_to < valid_from))) {
    return make_error(Errc::invalid_argument, "units.bad_dates",
                      "the validity ends before it begins");
  }
  auto units = parse_unit_csv(csv);
  if (!units) return units.error();
  auto tree = UnitTree::build(name, valid_from, valid_to, std::move(*units));
  if (!tree) return tree.error();

  const Catalogue info{name, valid_from, valid_to, (*tree)->units().size()};
  auto stored = database_.transact([&](soci::session& session) {
    const std::string from = to_string(valid_from);
    const std::string to = valid_to ? to_string(*valid_to) : "";
    const auto count = static_cast<long long>(info.units);
    session << "INSERT INTO unit_catalogues (name, valid_from, valid_to, unit_count)"
               " VALUES (:name, :valid_from, :valid_to, :unit_count)",
        soci::use(name), soci::use(from), soci::use(to), soci::use(count);
    for (const Unit& unit : (*tree)->units()) insert_unit(session, name, unit);
  });
  if (!stored) {
    if (stored.error().kind != Errc::conflict) return stored.error();
    return make_error(Errc::conflict, "units.in_use",
                      "a catalogue named " + name + " is there already; choose another name");
  }
  return info;
}

}  // namespace diemcau
