// Enrolled devices: asked for by a hall's computer, let in by who may speak for its unit, and what
// such a device is told of its unit's next meeting.

#include <algorithm>

#include <boost/json/array.hpp>

#include "base/log.hpp"
#include "mcu/api/device_rights.hpp"
#include "mcu/api/json_body.hpp"
#include "mcu/api/route_families.hpp"
#include "mcu/meetings/next_meeting.hpp"
#include "signaling/async.hpp"
#include "signaling/http/dispatcher.hpp"
#include "signaling/http/problem.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {
namespace {

namespace json = boost::json;
using signaling::Access;
using signaling::Device;
using signaling::HttpResponse;
using signaling::Method;
using signaling::on_pool;
using signaling::RequestContext;
using signaling::rfc3339;

// The longest that browsers keep one (RFC 6265bis §5.5: 400 days); set anew at each start.
constexpr std::chrono::hours kCookieLife{24 * 400};
constexpr int kPollSeconds = 3;

json::value moment(const std::optional<WallTime>& at) {
  return at ? json::value(rfc3339(*at)) : json::value(nullptr);
}

json::object to_object(const Device& device) {
  json::object out{{"id", device.id},
                   {"unit", device.unit.str()},
                   {"unit_name", device.unit_name},
                   {"name", device.name},
                   {"enrolled_by", device.enrolled_by},
                   {"enrolled_at", rfc3339(device.enrolled_at)}};
  out["seen_at"] = moment(device.seen_at);
  return out;
}

void set_device_cookie(const RequestContext& context, HttpResponse& response,
                       const std::string& secret) {
  response.headers.add("Set-Cookie",
                       cookie_field(context.request, device_cookie_name(context.request.secure),
                                    secret, kCookieLife));
}

Reply ask_to_enrol(const ApiDependencies& api, const RequestContext& context) {
  const auto wait = api.device_door->ask("device", context.request.peer, api.clock->now());
  if (wait.count() > 0) {
    HttpResponse response = signaling::problem(make_error(
        Errc::busy, "device.too_many_requests", "too many codes were asked for from here; wait"));
    response.headers.set("Retry-After", std::to_string(wait.count()));
    co_return response;
  }
  auto ask = [&api, &context] {
    return api.devices->ask(context.request.peer, context.request.headers.get("User-Agent"));
  };
  Result<signaling::AskedDevice> asked = co_await on_pool(*api.blocking, std::move(ask));
  if (!asked) co_return asked.error();
  json::object body{{"code", asked->code}, {"device_code", asked->secret}};
  body["expires_in"] = std::chrono::seconds(signaling::kDeviceCodeLifetime).count();
  body["interval"] = kPollSeconds;
  co_return json_reply(201, body);
}

Reply take_enrolment(const ApiDependencies& api, const RequestContext& context) {
  auto body = json_body(context.request);
  if (!body) co_return body.error();
  auto secret = required_text(*body, "device_code", 128);
  if (!secret) co_return secret.error();
  auto take = [&api, &secret] { return api.devices->take(*secret); };
  Result<std::optional<signaling::DeviceStore::Taken>> taken =
      co_await on_pool(*api.blocking, std::move(take));
  if (!taken) co_return taken.error();
  json::object out{{"state", *taken ? "enrolled" : "waiting"}};
  HttpResponse response = json_reply(200, out);
  if (*taken) set_device_cookie(context, response, (*taken)->secret);
  co_return response;
}

Reply look_at_request(const ApiDependencies& api, const RequestContext& context) {
  auto look = [&api, &context]() -> Result<json::object> {
    if (auto may = check_may_enrol_any(*context.who); !may) return may.error();
    auto found = api.devices->find_request(context.path.get("code"));
    if (!found) return found.error();
    return json::object{{"address", found->address},
                        {"browser", found->browser},
                        {"asked_at", rfc3339(found->asked_at)}};
  };
  Result<json::object> body = co_await on_pool(*api.blocking, std::move(look));
  if (!body) co_return body.error();
  co_return json_reply(200, *body);
}

Reply enrol(const ApiDependencies& api, const RequestContext& context) {
  auto body = json_body(context.request);
  if (!body) co_return body.error();
  auto code = required_text(*body, "code", 32);
  if (!code) co_return code.error();
  auto unit = required_text(*body, "unit", 64);
  if (!unit) co_return unit.error();
  auto name = required_text(*body, "name", 400);
  if (!name) co_return name.error();
  auto work = [&]() -> Result<Device> {
    auto reach = reach_of(api, *context.who);
    if (!reach) return reach.error();
    const UnitCode wanted(*unit);
    if (auto may = check_may_enrol(*reach, wanted); !may) return may.error();
    auto tree = api.units->today(*api.clock);
    if (!tree) return tree.error();
    if ((*tree)->find(wanted) == nullptr)
      return make_error(Errc::invalid_argument, "units.unknown", "no such unit today");
    auto device = api.devices->enrol(
        *code, {wanted, *name, (*tree)->display_name(wanted), context.who->name});
    if (device)
      log::info("device {} enrolled for {} by {}", device->id, wanted.str(),
                actor_of(*context.who));
    return device;
  };
  Result<Device> device = co_await on_pool(*api.blocking, std::move(work));
  if (!device) co_return device.error();
  HttpResponse response = json_reply(201, to_object(*device));
  response.headers.set("Location", "/api/v1/devices/" + device->id);
  co_return response;
}

Reply list_devices(const ApiDependencies& api, const RequestContext& context) {
  auto load = [&api, &context]() -> Result<json::object> {
    if (auto may = check_may_enrol_any(*context.who); !may) return may.error();
    auto reach = reach_of(api, *context.who);
    if (!reach) return reach.error();
    auto devices = api.devices->list();
    if (!devices) return devices.error();
    json::array list;
    for (const Device& device : *devices)
      if (check_may_enrol(*reach, device.unit)) list.push_back(to_object(device));
    json::object body;
    body["devices"] = std::move(list);
    return body;
  };
  Result<json::object> body = co_await on_pool(*api.blocking, std::move(load));
  if (!body) co_return body.error();
  co_return json_reply(200, *body);
}

Reply revoke_device(const ApiDependencies& api, const RequestContext& context) {
  auto work = [&api, &context]() -> Result<Device> {
    if (auto may = check_may_enrol_any(*context.who); !may) return may.error();
    auto reach = reach_of(api, *context.who);
    if (!reach) return reach.error();
    auto device = api.devices->find(context.path.get("device"));
    if (!device) return device.error();
    if (auto may = check_may_enrol(*reach, device->unit); !may) return may.error();
    log::info("device {} of {} revoked by {}", device->id, device->unit.str(),
              actor_of(*context.who));
    if (auto revoked = api.devices->revoke(device->id); !revoked) return revoked.error();
    return std::move(*device);
  };
  Result<Device> done = co_await on_pool(*api.blocking, std::move(work));
  if (!done) co_return done.error();
  std::vector<std::string> ended{signaling::owner_key(signaling::identity_of(*done))};
  co_await api.conferences->end_visits(std::move(ended));
  co_return HttpResponse(204);
}

/// The meeting this hall turns to: where its unit is expected or in the chair. Blocking.
Result<std::optional<Meeting>> next_for(const ApiDependencies& api, const UnitCode& unit) {
  MeetingFilter filter;
  filter.units = {unit};
  auto meetings = api.meetings->list(filter);
  if (!meetings) return meetings.error();
  for (Meeting& meeting : next_meetings(*meetings, api.clock->wall())) {
    auto expected = api.meetings->expected(meeting.id);
    if (!expected) return expected.error();
    const bool called = std::ranges::find(*expected, unit) != expected->end();
    if (called || meeting.chair == unit) return std::optional(std::move(meeting));
  }
  return std::optional<Meeting>();
}

Reply look_at_kiosk(const ApiDependencies& api, const RequestContext& context) {
  if (context.who->device.empty())
    co_return make_error(Errc::forbidden, "auth.forbidden", "this is for enrolled devices");
  auto look = [&api, &context]() -> Result<json::object> {
    auto device = api.devices->find(context.who->device);
    if (!device) return device.error();
    auto next = next_for(api, device->unit);
    if (!next) return next.error();
    const WallTime now = api.clock->wall();
    json::object body{{"unit", device->unit.str()},
                      {"unit_name", device->unit_name},
                      {"name", device->name},
                      {"server_time", rfc3339(now)},
                      {"meeting", nullptr}};
    body["ask_again_s"] = ask_again_after(*next ? &**next : nullptr, now).count();
    if (*next) {
      json::object meeting{{"id", (*next)->id.str()},
                           {"title", (*next)->title},
                           {"state", name_of((*next)->state)},
                           {"enter", may_enter((*next)->state)}};
      meeting["starts_at"] = moment((*next)->starts_at);
      body["meeting"] = std::move(meeting);
    }
    return body;
  };
  Result<json::object> body = co_await on_pool(*api.blocking, std::move(look));
  if (!body) co_return body.error();
  if (json::value& next = body->at("meeting"); next.is_object()) {
    MeetingId meeting(std::string(next.at("id").as_string()));
    signaling::Identity who = *context.who;
    const bool seated = co_await api.conferences->is_seated(std::move(meeting), std::move(who));
    next.as_object()["seated"] = seated;
  }
  co_return json_reply(200, *body);
}

}  // namespace

std::string_view device_cookie_name(bool secure) {
  return secure ? "__Host-diemcau-device" : "diemcau-device";
}

Reply sign_in_as_device(const ApiDependencies& api, const RequestContext& context) {
  const auto cookie = context.request.cookie(device_cookie_name(context.request.secure));
  std::string secret(cookie.value_or(""));
  const std::string kept = secret;
  Result<signaling::SignedIn> session =
      co_await api.authenticator->sign_in_as_device(std::move(secret));
  if (!session) co_return session.error();
  HttpResponse response = session_reply(context.request, *session);
  set_device_cookie(context, response, kept);
  co_return response;
}

void register_device_routes(signaling::Router& router, const Api& api) {
  const auto add = [&](Method method, const char* pattern, Handler handler, Access access,
                       std::size_t body) {
    auto route = make_route(method, pattern, api, handler);
    route.access = access;
    route.body_limit = body;
    router.add(std::move(route));
  };
  add(Method::post, "/api/v1/devices/requests", ask_to_enrol, Access::open, 1024);
  add(Method::post, "/api/v1/devices/requests/take", take_enrolment, Access::open, 1024);
  add(Method::get, "/api/v1/devices/requests/{code}", look_at_request, Access::signed_in, 0);
  add(Method::post, "/api/v1/devices", enrol, Access::signed_in, 4096);
  add(Method::get, "/api/v1/devices", list_devices, Access::signed_in, 0);
  add(Method::del, "/api/v1/devices/{device}", revoke_device, Access::signed_in, 0);
  add(Method::get, "/api/v1/kiosk", look_at_kiosk, Access::signed_in, 0);
}

}  // namespace diemcau::mcu
