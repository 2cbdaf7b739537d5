// The test room of a site: one offer, one answer, as in WHIP, then steps by POST. No meeting
// needed.

#include "mcu/api/json_body.hpp"
#include "mcu/api/route_families.hpp"
#include "mcu/api/whip_sessions.hpp"
#include "mcu/checks/check_service.hpp"
#include "mcu/checks/check_store.hpp"
#include "signaling/http/problem.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {
namespace {

namespace json = boost::json;
using signaling::HttpResponse;
using signaling::Method;
using signaling::owner_key;
using signaling::RequestContext;

constexpr std::size_t kStepBody = 256;

std::int64_t milliseconds_of(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

std::optional<CheckStep> step_from(std::string_view name) {
  if (name == "record") return CheckStep::record;
  if (name == "play") return CheckStep::play;
  if (name == "tone") return CheckStep::tone;
  if (name == "probe") return CheckStep::probe;
  return std::nullopt;
}

std::string_view name_of(CheckView::State state) {
  switch (state) {
    case CheckView::State::connecting:
      return "connecting";
    case CheckView::State::ready:
      return "ready";
    case CheckView::State::busy:
      return "busy";
    case CheckView::State::closed:
      return "closed";
  }
  return "closed";
}

Reply open_room(const ApiDependencies& api, const RequestContext& context) {
  auto body = json_body(context.request);
  if (!body) co_return body.error();
  auto offer = required_text(*body, "sdp", signaling::kMaxSdp);
  if (!offer) co_return offer.error();
  auto device = optional_text(*body, "device", 64);
  if (!device) co_return device.error();
  if (*device && !is_device_id(**device))
    co_return make_error(Errc::invalid_argument, "check.bad_device",
                         "a device has an id of letters, digits and dashes");
  std::string owner = owner_key(*context.who), page = device->value_or("");
  Result<CheckOpened> opened =
      co_await api.checks->open(std::move(owner), std::move(page), std::move(*offer));
  if (!opened) co_return opened.error();
  json::object out;
  out["id"] = opened->id;
  out["sdp"] = opened->sdp;
  out["record_ms"] = milliseconds_of(opened->record);
  out["lifetime_ms"] = milliseconds_of(opened->lifetime);
  HttpResponse response = json_reply(201, out);
  response.headers.set("Location", "/api/v1/checks/" + opened->id);
  co_return response;
}

Reply begin_step(const ApiDependencies& api, const RequestContext& context) {
  auto body = json_body(context.request);
  if (!body) co_return body.error();
  auto name = required_text(*body, "step", 16);
  if (!name) co_return name.error();
  const auto step = step_from(*name);
  if (!step)
    co_return make_error(Errc::invalid_argument, "request.bad_body",
                         "field step must be record, play, tone or probe");
  Result<Duration> takes =
      co_await api.checks->step(context.path.get("check"), owner_key(*context.who), *step);
  if (!takes) co_return takes.error();
  json::object out;
  out["takes_ms"] = milliseconds_of(*takes);
  co_return json_reply(202, out);
}

Reply view_room(const ApiDependencies& api, const RequestContext& context) {
  Result<CheckView> view =
      co_await api.checks->view(context.path.get("check"), owner_key(*context.who));
  if (!view) co_return view.error();
  json::object out;
  const auto state = name_of(view->state);
  out["state"] = json::string_view(state.data(), state.size());
  out["doing"] = view->doing.empty() ? json::value(nullptr) : json::value(view->doing);
  out["recorded"] = nullptr;
  if (const auto& kept = view->recorded) {
    out["recorded"] = json::object{{"sound_packets", kept->sound_packets},
                                   {"picture_packets", kept->picture_packets},
                                   {"bytes", kept->bytes},
                                   {"cut", kept->cut}};
  }
  out["uplink_best"] = static_cast<std::int64_t>(view->uplink_best);
  co_return json_reply(200, out);
}

Reply close_room(const ApiDependencies& api, const RequestContext& context) {
  Result<void> closed =
      co_await api.checks->close(context.path.get("check"), owner_key(*context.who));
  if (!closed) co_return closed.error();
  co_return HttpResponse(204);
}

}  // namespace

void register_check_routes(signaling::Router& router, const Api& api) {
  auto open = make_route(Method::post, "/api/v1/checks", api, open_room);
  open.body_limit = signaling::kMaxSdp + kStepBody;
  router.add(std::move(open));
  auto step = make_route(Method::post, "/api/v1/checks/{check}/steps", api, begin_step);
  step.body_limit = kStepBody;
  router.add(std::move(step));
  router.add(make_route(Method::get, "/api/v1/checks/{check}", api, view_room));
  router.add(make_route(Method::del, "/api/v1/checks/{check}", api, close_room));
}

}  // namespace diemcau::mcu
