// Units' links with a PIN: made and taken back by who plans the meeting, opened by anybody who has
// both.

#include <algorithm>

#include <boost/json/array.hpp>

#include "mcu/api/json_body.hpp"
#include "mcu/api/route_families.hpp"
#include "mcu/api/scope.hpp"
#include "mcu/meetings/meeting_times.hpp"
#include "signaling/async.hpp"
#include "signaling/http/problem.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {
namespace {

namespace json = boost::json;
using signaling::Access;
using signaling::HttpResponse;
using signaling::Method;
using signaling::on_pool;
using signaling::RequestContext;
using signaling::rfc3339;

constexpr std::chrono::hours kLeastStay{24};
constexpr std::size_t kMostUnitCode = 64;

Error unknown_link() {
  return make_error(Errc::not_found, "link.unknown",
                    "the link was replaced or revoked, or its meeting is over");
}

/// A meeting's links are kept by who plans it. Blocking.
struct Links {
  Meeting meeting;
  std::shared_ptr<const UnitTree> units;
  std::vector<UnitCode> expected;
};
Result<Links> links_of(const ApiDependencies& api, const RequestContext& context) {
  auto who = planner(api, *context.who, MeetingId(context.path.get("id")));
  if (!who) return who.error();
  auto units = api.units->catalogue(who->meeting.catalogue);
  if (!units) return units.error();
  auto expected = api.meetings->expected(who->meeting.id);
  if (!expected) return expected.error();
  return Links{std::move(who->meeting), std::move(*units), std::move(*expected)};
}

json::object unit_of(const Links& links, const UnitCode& code) {
  json::object out;
  out["unit"] = code.str();
  out["name"] = links.units->display_name(code);
  const Unit* unit = links.units->find(code);
  const bool nested = unit != nullptr && !unit->parent.empty();
  out["parent_name"] = nested ? links.units->display_name(unit->parent) : "";
  return out;
}

Reply list_links(const ApiDependencies& api, const RequestContext& context) {
  auto load = [&api, &context]() -> Result<json::object> {
    auto links = links_of(api, context);
    if (!links) return links.error();
    auto made = api.links->list(links->meeting.id);
    if (!made) return made.error();
    json::array units;
    for (const UnitCode& code : links->expected) {
      json::object one = unit_of(*links, code);
      const auto found = std::ranges::find(*made, code, &SeatLink::unit);
      if (found == made->end()) {
        one["link"] = nullptr;
      } else {
        json::object link{{"made_at", rfc3339(found->made_at)}, {"wrong_pins", found->wrong_pins}};
        link["opened_at"] =
            found->opened_at ? json::value(rfc3339(*found->opened_at)) : json::value(nullptr);
        one["link"] = std::move(link);
      }
      units.push_back(std::move(one));
    }
    json::object body;
    body["units"] = std::move(units);
    body["most_at_once"] = LinkStore::kMostAtOnce;
    body["good"] = links_are_good(links->meeting, api.clock->wall());
    return body;
  };
  Result<json::object> body = co_await on_pool(*api.blocking, std::move(load));
  if (!body) co_return body.error();
  co_return json_reply(200, *body);
}

Result<std::vector<UnitCode>> read_units(const RequestContext& context) {
  auto body = json_body(context.request);
  if (!body) return body.error();
  const auto bad = make_error(Errc::invalid_argument, "request.bad_body",
                              "field units must be a list of codes of units");
  const auto* list = body->if_contains("units");
  if (list == nullptr || !list->is_array()) return bad;
  std::vector<UnitCode> out;
  for (const auto& item : list->get_array()) {
    const auto* code = item.if_string();
    if (code == nullptr || code->empty() || code->size() > kMostUnitCode) return bad;
    UnitCode unit{std::string(code->data(), code->size())};
    if (std::ranges::find(out, unit) == out.end()) out.push_back(std::move(unit));
    if (out.size() > LinkStore::kMostAtOnce) break;  // the store says how many there may be
  }
  return out;
}

/// What is answered, and who is signed out by it (signaling::owner_key).
struct Changed {
  json::object body;
  std::vector<std::string> ended;
};

void add_ended(Changed& changed, const std::string& token) {
  if (token.empty()) return;
  signaling::Identity who;
  who.token_id = token;
  changed.ended.push_back(signaling::owner_key(who));
}

/// Blocking, for seconds.
Result<Changed> make(const ApiDependencies& api, const RequestContext& context,
                     const std::vector<UnitCode>& wanted) {
  auto links = links_of(api, context);
  if (!links) return links.error();
  if (links->meeting.state == MeetingState::closed)
    return make_error(Errc::conflict, "meeting.closed", "the meeting is over");
  std::vector<LinkedUnit> units;
  for (const UnitCode& code : wanted) {
    if (std::ranges::find(links->expected, code) == links->expected.end())
      return make_error(Errc::invalid_argument, "link.not_expected",
                        "that unit is not expected in this meeting");
    units.push_back({code, links->units->display_name(code)});
  }
  auto made = api.links->make(links->meeting.id, units, actor_of(*context.who));
  if (!made) return made.error();
  Changed changed;
  json::array list;
  for (const MadeLink& one : *made) {
    add_ended(changed, one.ended);
    json::object item = unit_of(*links, one.link.unit);
    // Behind the #: no server and no log on the way sees it.
    item["url"] = api.public_url + "/join#link=" + one.secret;
    item["pin"] = one.pin;
    list.push_back(std::move(item));
  }
  changed.body["links"] = std::move(list);
  return changed;
}

Reply make_links(const ApiDependencies& api, const RequestContext& context) {
  auto units = read_units(context);
  if (!units) co_return units.error();
  auto work = [&api, &context, &units] { return make(api, context, *units); };
  Result<Changed> done = co_await on_pool(*api.inspecting, std::move(work));
  if (!done) co_return done.error();
  co_await api.conferences->end_visits(std::move(done->ended));
  co_return json_reply(201, done->body);
}

Reply renew_pin(const ApiDependencies& api, const RequestContext& context) {
  auto work = [&api, &context]() -> Result<Changed> {
    auto links = links_of(api, context);
    if (!links) return links.error();
    const UnitCode unit(context.path.get("unit"));
    auto made = api.links->renew_pin(links->meeting.id, unit, actor_of(*context.who));
    if (!made) return made.error();
    Changed changed{unit_of(*links, unit), {}};
    changed.body["pin"] = made->pin;
    add_ended(changed, made->ended);
    return changed;
  };
  Result<Changed> done = co_await on_pool(*api.inspecting, std::move(work));
  if (!done) co_return done.error();
  co_await api.conferences->end_visits(std::move(done->ended));
  co_return json_reply(200, done->body);
}

Reply revoke_link(const ApiDependencies& api, const RequestContext& context) {
  auto work = [&api, &context]() -> Result<Changed> {
    auto links = links_of(api, context);
    if (!links) return links.error();
    auto token = api.links->revoke(links->meeting.id, UnitCode(context.path.get("unit")),
                                   actor_of(*context.who));
    if (!token) return token.error();
    Changed changed;
    add_ended(changed, *token);
    return changed;
  };
  Result<Changed> done = co_await on_pool(*api.blocking, std::move(work));
  if (!done) co_return done.error();
  co_await api.conferences->end_visits(std::move(done->ended));
  co_return HttpResponse(204);
}

/// The meeting behind a link that is still good. Blocking.
Result<Meeting> meeting_behind(const ApiDependencies& api, const SeatLink& link) {
  auto meeting = api.meetings->find(link.meeting);
  if (!meeting && meeting.error().kind != Errc::not_found) return meeting.error();
  if (!meeting || !links_are_good(*meeting, api.clock->wall())) return unknown_link();
  return meeting;
}

/// What a link is for, before its PIN: no more than stands on the sheet it was printed on.
Reply look_at_link(const ApiDependencies& api, const RequestContext& context) {
  auto body = json_body(context.request);
  if (!body) co_return body.error();
  auto secret = required_text(*body, "link", 128);
  if (!secret) co_return secret.error();
  auto look = [&api, &secret]() -> Result<json::object> {
    auto link = api.links->find(*secret);
    if (!link) return link.error();
    auto meeting = meeting_behind(api, *link);
    if (!meeting) return meeting.error();
    json::object out{{"unit", link->unit.str()}, {"name", link->name}};
    json::object about{{"id", meeting->id.str()}, {"title", meeting->title}};
    about["starts_at"] =
        meeting->starts_at ? json::value(rfc3339(*meeting->starts_at)) : json::value(nullptr);
    out["meeting"] = std::move(about);
    return out;
  };
  Result<json::object> found = co_await on_pool(*api.blocking, std::move(look));
  if (!found) co_return found.error();
  co_return json_reply(200, *found);
}

/// A day, or until a day after the planned end: a site that reloads need not type its PIN again.
std::chrono::seconds stay(const Meeting& meeting, WallTime now) {
  const auto time = time_of(meeting);
  if (!time) return kLeastStay;
  const auto until = std::chrono::duration_cast<std::chrono::seconds>(time->to - now) + kLeastStay;
  return std::clamp<std::chrono::seconds>(until, kLeastStay, std::chrono::hours(24 * 366));
}

}  // namespace

Reply sign_in_by_link(const ApiDependencies& api, const RequestContext& context, std::string link,
                      std::string pin) {
  auto open = [&]() -> Result<LinkStore::Opened> {
    auto found = api.links->find(link);
    if (!found) return found.error();
    auto meeting = meeting_behind(api, *found);
    if (!meeting) return meeting.error();
    return api.links->open(link, pin, context.request.peer, stay(*meeting, api.clock->wall()));
  };
  Result<LinkStore::Opened> opened = co_await on_pool(*api.blocking, std::move(open));
  if (!opened) co_return opened.error();
  if (!opened->token) {
    const std::string seconds = std::to_string(opened->wait.count());
    HttpResponse response = signaling::problem(make_error(
        Errc::busy, "link.too_many_pins", "too many wrong PINs; wait " + seconds + " seconds"));
    response.headers.set("Retry-After", seconds);
    co_return response;
  }
  signaling::Token token = std::move(*opened->token);
  Result<signaling::SignedIn> session = co_await api.authenticator->sign_in_as(std::move(token));
  if (!session) co_return session.error();
  co_return session_reply(context.request, *session);
}

void register_link_routes(signaling::Router& router, const Api& api) {
  const auto add = [&](Method method, const char* pattern, Handler handler, Access access,
                       std::size_t body) {
    auto route = make_route(method, pattern, api, handler);
    route.access = access;
    route.body_limit = body;
    router.add(std::move(route));
  };
  const std::string all = "/api/v1/meetings/{id}/links";
  const std::string one = all + "/{unit}", pin = one + "/pin";
  add(Method::get, all.c_str(), list_links, Access::manager, 0);
  add(Method::post, all.c_str(), make_links, Access::manager, 8 * 1024);
  add(Method::post, pin.c_str(), renew_pin, Access::manager, 1024);
  add(Method::del, one.c_str(), revoke_link, Access::manager, 0);
  add(Method::post, "/api/v1/links/look", look_at_link, Access::open, 1024);
}

}  // namespace diemcau::mcu
