// What the stage would show if the chair chose it: the layout's own rules, asked without obeying.

#include <boost/json/parse.hpp>

#include "mcu/api/json_body.hpp"
#include "mcu/api/route_families.hpp"
#include "mcu/api/scope.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostPinned = 25, kLongestSeat = 64;

/// "a,b,c" as seats. Errors: request.bad_query.
Result<std::vector<std::string>> seats_in(std::string_view list) {
  std::vector<std::string> seats;
  while (!list.empty()) {
    const auto comma = list.find(',');
    const auto seat = list.substr(0, comma);
    if (seat.empty() || seat.size() > kLongestSeat || seats.size() == kMostPinned)
      return make_error(Errc::invalid_argument, "request.bad_query", "pinned: at most 25 seats");
    seats.emplace_back(seat);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return seats;
}

Reply preview_stage(const ApiDependencies& api, const signaling::RequestContext& context) {
  auto pinned = seats_in(context.request.query_value("pinned").value_or(""));
  if (!pinned) co_return pinned.error();
  MeetingId meeting(context.path.get("id"));
  signaling::Identity who = *context.who;
  if (Result<void> may = co_await check_door(api, who, meeting); !may) co_return may.error();
  signaling::SetStage wish;
  wish.layout = context.request.query_value("layout").value_or("");
  wish.pinned = std::move(*pinned);
  Result<StagePreview> preview =
      co_await api.conferences->preview_stage(std::move(meeting), std::move(who), std::move(wish));
  if (!preview) co_return preview.error();
  const auto text = signaling::to_json(signaling::StageChanged{std::move(preview->stage)});
  json::object body = json::parse(text).as_object();
  json::array live;
  for (const auto& seat : preview->wish.pinned) live.push_back(json::string(seat));
  body["wish"] = json::object{{"layout", preview->wish.layout}, {"pinned", std::move(live)}};
  signaling::HttpResponse response = json_reply(200, body);
  response.headers.set("Cache-Control", "no-store");
  co_return response;
}

}  // namespace

void register_stage_routes(signaling::Router& router, const Api& api) {
  router.add(make_route(signaling::Method::get, "/api/v1/meetings/{id}/stage/preview", api,
                        preview_stage));
}

}  // namespace diemcau::mcu
