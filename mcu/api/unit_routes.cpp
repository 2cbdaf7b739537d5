// The unit tree as it stood on a day.

#include <boost/json/array.hpp>

#include "mcu/api/json_body.hpp"
#include "mcu/api/route_families.hpp"
#include "signaling/async.hpp"

namespace diemcau::mcu {
namespace {

namespace json = boost::json;
using signaling::Method;
using signaling::RequestContext;
using Tree = std::shared_ptr<const UnitTree>;

Result<Tree> tree_asked_for(const ApiDependencies& api, const RequestContext& context) {
  if (const auto name = context.request.query_value("catalogue"))
    return api.units->catalogue(std::string(*name));
  if (const auto date = context.request.query_value("date")) {
    const auto day = parse_date(*date);
    if (!day)
      return make_error(Errc::invalid_argument, "units.bad_date", "date must be YYYY-MM-DD");
    return api.units->at(*day);
  }
  return api.units->today(*api.clock);
}

Reply list_units(const ApiDependencies& api, const RequestContext& context) {
  auto load = [&api, &context] { return tree_asked_for(api, context); };
  Result<Tree> tree = co_await signaling::on_pool(*api.blocking, std::move(load));
  if (!tree) co_return tree.error();
  json::array units;
  for (const Unit& unit : (*tree)->units()) {
    const auto level = name_of(unit.level);
    json::object item;
    item["code"] = unit.code.str();
    item["parent"] = unit.parent.empty() ? json::value(nullptr) : json::value(unit.parent.str());
    item["level"] = json::string_view(level.data(), level.size());
    item["kind"] = unit.kind;
    item["name"] = unit.name;
    item["display_name"] = (*tree)->display_name(unit);
    item["official_code"] = unit.official_code;
    item["order"] = unit.sort_order;
    units.push_back(std::move(item));
  }
  json::object body;
  body["catalogue"] = (*tree)->catalogue();
  body["valid_from"] = to_string((*tree)->valid_from());
  const auto until = (*tree)->valid_to();
  body["valid_to"] = until ? json::value(to_string(*until)) : json::value(nullptr);
  body["units"] = std::move(units);
  co_return json_reply(200, body);
}

}  // namespace

void register_unit_routes(signaling::Router& router, const Api& api) {
  router.add(make_route(Method::get, "/api/v1/units", api, list_units));
}

}  // namespace diemcau::mcu
