// What checks found: told by a site's page, read on the technician's board.

#include <algorithm>
#include <map>

#include <boost/json/array.hpp>

#include "mcu/api/json_body.hpp"
#include "mcu/api/route_families.hpp"
#include "mcu/api/scope.hpp"
#include "mcu/checks/check_store.hpp"
#include "mcu/checks/verdict.hpp"
#include "signaling/async.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {
namespace {

namespace json = boost::json;
using signaling::Identity;
using signaling::Method;
using signaling::on_pool;
using signaling::RequestContext;
using signaling::rfc3339;
using signaling::Role;

constexpr std::size_t kResultBody = 8 * 1024;
constexpr std::size_t kMostDevices = 5;  // of one unit on the board

json::string_view text(std::string_view value) {
  return {value.data(), value.size()};
}

json::object verdict_of(const CheckFigures& figures) {
  const auto findings = judge(figures);
  json::array list;
  for (const Finding& finding : findings) {
    json::object one;
    one["item"] = text(finding.item);
    one["verdict"] = text(name_of(finding.verdict));
    one["code"] = finding.code.empty() ? json::value(nullptr) : json::value(finding.code);
    list.push_back(std::move(one));
  }
  json::object out;
  out["verdict"] = text(name_of(worst(findings)));
  out["findings"] = std::move(list);
  return out;
}

Reply put_result(const ApiDependencies& api, const RequestContext& context) {
  auto body = json_body(context.request);
  if (!body) co_return body.error();
  const auto* figures = body->if_contains("figures");
  if (figures == nullptr || !figures->is_object())
    co_return make_error(Errc::invalid_argument, "request.bad_body", "field figures is missing");
  auto read = figures_from(figures->get_object());
  if (!read) co_return read.error();
  auto device = required_text(*body, "device", 64);
  if (!device) co_return device.error();
  auto name = required_text(*body, "device_name", 120);
  if (!name) co_return name.error();

  json::object out = verdict_of(*read);
  // Who sits in no unit, and a viewer, whose line is not the unit's, is told; nothing is kept.
  const bool kept = !context.who->unit.empty() && context.who->role != Role::viewer;
  out["stored"] = kept;
  if (kept) {
    SiteCheck check;
    check.id = context.path.get("result");
    check.unit = context.who->unit;
    check.device = std::move(*device);
    check.device_name = std::move(*name);
    check.actor = actor_of(*context.who);
    check.figures = std::move(*read);
    auto write = [&api, &check] { return api.check_results->put(std::move(check)); };
    Result<SiteCheck> written = co_await on_pool(*api.blocking, std::move(write));
    if (!written) co_return written.error();
    out["at"] = rfc3339(written->at);
  }
  co_return json_reply(200, out);
}

/// Whose checks somebody sees: who plans the meeting all of them, an account those of the units in
/// its reach, a site's or viewer's link its own unit's.
struct Sight {
  bool manages = false;
  std::vector<UnitCode> units;  // empty: all
  bool holds(const UnitCode& unit) const {
    return units.empty() || std::ranges::find(units, unit) != units.end();
  }
};
Result<Sight> sight_of(const ApiDependencies& api, const Identity& who, const Meeting& meeting) {
  auto reach = reach_of(api, who);
  if (!reach) return reach.error();
  const Role role = role_in(*reach, meeting);
  if (role != Role::site && role != Role::viewer) return Sight{true, {}};
  return Sight{false, who.meeting ? std::vector{who.unit} : std::move(reach->units)};
}

json::object describe(const SiteCheck& check) {
  json::object out = verdict_of(check.figures);
  out["at"] = rfc3339(check.at);
  out["device"] = check.device;
  out["device_name"] = check.device_name;
  out["figures"] = to_json(check.figures);
  return out;
}

/// Where a unit's page is open in the running meeting: its site's, else another of it.
json::value seat_in(const std::vector<std::string>& open, const UnitCode& unit) {
  const std::string own = unit.str() + "/", site = own + "site", viewer = own + "viewer";
  if (std::ranges::find(open, site) != open.end()) return json::string(site);
  for (const auto& seat : open)
    if (seat.starts_with(own) && !seat.starts_with(viewer)) return json::string(seat);
  return nullptr;
}

/// `open`: seats that have a page open. Blocking.
Result<json::object> board(const ApiDependencies& api, const RequestContext& context,
                           const std::vector<std::string>& open) {
  auto meeting = find_in_reach(api, *context.who, MeetingId(context.path.get("id")));
  if (!meeting) return meeting.error();
  auto sight = sight_of(api, *context.who, *meeting);
  if (!sight) return sight.error();
  auto expected = api.meetings->expected(meeting->id);
  if (!expected) return expected.error();
  auto tree = api.units->catalogue(meeting->catalogue);
  if (!tree) return tree.error();
  auto checks = api.check_results->latest();
  if (!checks) return checks.error();
  std::map<UnitCode, json::array> by_unit;
  for (const SiteCheck& check : *checks) {
    auto& list = by_unit[check.unit];
    if (list.size() < kMostDevices) list.push_back(describe(check));
  }
  json::array sites;
  for (const UnitCode& code : *expected) {
    const Unit* unit = (*tree)->find(code);
    if (unit == nullptr || !sight->holds(code)) continue;
    json::object site;
    site["unit"] = code.str();
    site["name"] = (*tree)->display_name(*unit);
    site["parent"] = unit->parent.str();
    site["parent_name"] = unit->parent.empty() ? "" : (*tree)->display_name(unit->parent);
    site["level"] = text(name_of(unit->level));
    site["order"] = unit->sort_order;
    site["seat"] = seat_in(open, code);
    site["checks"] = std::move(by_unit[code]);
    sites.push_back(std::move(site));
  }
  json::object out;
  out["meeting"] = json::object{{"id", meeting->id.str()}, {"title", meeting->title}};
  out["may_help"] = sight->manages;
  out["now"] = rfc3339(api.clock->wall());
  out["sites"] = std::move(sites);
  return out;
}

Reply get_board(const ApiDependencies& api, const RequestContext& context) {
  MeetingId meeting(context.path.get("id"));
  const auto open = co_await api.conferences->open_seats(std::move(meeting));
  auto work = [&api, &context, &open] { return board(api, context, open); };
  Result<json::object> found = co_await on_pool(*api.blocking, std::move(work));
  if (!found) co_return found.error();
  co_return json_reply(200, *found);
}

}  // namespace

void register_check_result_routes(signaling::Router& router, const Api& api) {
  auto result = make_route(Method::put, "/api/v1/check-results/{result}", api, put_result);
  result.body_limit = kResultBody;
  router.add(std::move(result));
  router.add(make_route(Method::get, "/api/v1/meetings/{id}/checks", api, get_board));
}

}  // namespace diemcau::mcu
