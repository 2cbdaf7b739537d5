#include "mcu/checks/check_store.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <soci/soci.h>

#include "base/storage/wall_time.hpp"
#include "base/text.hpp"

namespace diemcau::mcu {
namespace {

namespace json = boost::json;

constexpr std::size_t kIdLength = 32;
constexpr std::size_t kMostDevice = 64, kMostDeviceName = 120;

Result<void> check_words(const SiteCheck& check) {
  const auto hexadecimal = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (check.id.size() != kIdLength || !std::ranges::all_of(check.id, hexadecimal))
    return make_error(Errc::invalid_argument, "check.bad_id", "an id has 32 hexadecimal digits");
  if (!is_device_id(check.device) || check.device_name.size() > kMostDeviceName ||
      !is_plain_line(check.device_name))
    return make_error(Errc::invalid_argument, "check.bad_device",
                      "a device has an id of letters, digits and dashes and a name of one line");
  return {};
}

/// What an older program kept reads as far as it can be understood.
CheckFigures parsed(const std::string& text) {
  boost::system::error_code wrong;
  const auto value = json::parse(text, wrong);
  if (wrong || !value.is_object()) return {};
  auto figures = figures_from(value.get_object());
  return figures ? std::move(*figures) : CheckFigures();
}

Result<void> check_owner(soci::session& session, const SiteCheck& check) {
  std::string unit, actor;
  session << "SELECT unit, actor FROM site_checks WHERE id = :id", soci::use(check.id),
      soci::into(unit), soci::into(actor);
  if (session.got_data() && (unit != check.unit.value || actor != check.actor))
    return make_error(Errc::conflict, "check.taken", "this id is another's");
  return {};
}

/// One row for each device, so that one that checks again and again pushes no other out.
void drop_old(soci::session& session, const SiteCheck& now) {
  const long long before = to_microseconds(now.at - CheckStore::kKept);
  session << "DELETE FROM site_checks WHERE checked_at < :before", soci::use(before);
  const std::string& unit = now.unit.value;
  session << "DELETE FROM site_checks WHERE unit = :unit AND device = :device AND id <> :id",
      soci::use(unit), soci::use(now.device), soci::use(now.id);
  const long long kept = CheckStore::kDevicesOfUnit;
  session << "DELETE FROM site_checks WHERE unit = :unit AND id NOT IN"
             " (SELECT id FROM site_checks WHERE unit = :same ORDER BY checked_at DESC, id"
             " LIMIT :kept)",
      soci::use(unit), soci::use(unit), soci::use(kept);
}

}  // namespace

bool is_device_id(std::string_view text) {
  return !text.empty() && text.size() <= kMostDevice && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

const Schema& CheckStore::schema() {
  static const Schema schema{
      "site_checks",
      {{1,
        "checks of sites before meetings",
        {{"CREATE TABLE site_checks ("
          " id TEXT PRIMARY KEY, unit TEXT NOT NULL, device TEXT NOT NULL,"
          " device_name TEXT NOT NULL, actor TEXT NOT NULL, checked_at BIGINT NOT NULL,"
          " figures TEXT NOT NULL)"},
         {"CREATE INDEX site_checks_by_unit ON site_checks (unit, checked_at)"},
         {"CREATE INDEX site_checks_by_time ON site_checks (checked_at)"}}}}};
  return schema;
}

Result<SiteCheck> CheckStore::put(SiteCheck check) {
  if (auto good = check_words(check); !good) return good.error();
  check.at = clock_.wall();
  const std::string figures = json::serialize(to_json(check.figures));
  const long long at = to_microseconds(check.at);
  auto done = database_.transact([&](soci::session& session) -> Result<void> {
    if (auto mine = check_owner(session, check); !mine) return mine.error();
    session << "INSERT INTO site_checks (id, unit, device, device_name, actor, checked_at, figures)"
               " VALUES (:id, :unit, :device, :name, :actor, :at, :figures)"
               " ON CONFLICT (id) DO UPDATE SET device = excluded.device,"
               " device_name = excluded.device_name, checked_at = excluded.checked_at,"
               " figures = excluded.figures",
        soci::use(check.id), soci::use(check.unit.value), soci::use(check.device),
        soci::use(check.device_name), soci::use(check.actor), soci::use(at), soci::use(figures);
    drop_old(session, check);
    return {};
  });
  if (!done) return done.error();
  return check;
}

Result<std::vector<SiteCheck>> CheckStore::latest() {
  return database_.run([&](soci::session& session) {
    SiteCheck row;
    std::string figures;
    long long at = 0;
    soci::statement rows =
        (session.prepare
             << "SELECT c.id, c.unit, c.device, c.device_name, c.actor, c.checked_at, c.figures"
                " FROM site_checks c WHERE NOT EXISTS (SELECT 1 FROM site_checks n"
                " WHERE n.unit = c.unit AND n.device = c.device AND (n.checked_at > c.checked_at"
                " OR (n.checked_at = c.checked_at AND n.id > c.id)))"
                " ORDER BY c.checked_at DESC, c.id",
         soci::into(row.id), soci::into(row.unit.value), soci::into(row.device),
         soci::into(row.device_name), soci::into(row.actor), soci::into(at), soci::into(figures));
    std::vector<SiteCheck> out;
    rows.execute();
    while (rows.fetch()) {
      row.at = from_microseconds(at);
      row.figures = parsed(figures);
      out.push_back(row);
    }
    return out;
  });
}

}  // namespace diemcau::mcu
