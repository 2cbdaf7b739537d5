// Planning a meeting: its fields, its agenda, its life, and what stands against it.

#include <boost/json/array.hpp>

#include "base/log.hpp"
#include "mcu/api/meeting_view.hpp"
#include "mcu/api/plan_body.hpp"
#include "mcu/api/route_families.hpp"
#include "mcu/meetings/meeting_kinds.hpp"
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
using signaling::Role;

json::string_view text(std::string_view value) {
  return {value.data(), value.size()};
}

/// Blocking: `change` is given who plans and what he last saw.
template <class F>
Result<Described> changed(const ApiDependencies& api, const RequestContext& context, F change) {
  auto revision = read_if_match(context.request);
  if (!revision) return revision.error();
  auto who = planner(api, *context.who, MeetingId(context.path.get("id")));
  if (!who) return who.error();
  Result<Meeting> meeting = change(*who, *revision);
  if (!meeting) return meeting.error();
  return describe(api, who->reach, std::move(*meeting), Detail::whole);
}

boost::asio::awaitable<Result<HttpResponse>> reply_changed(const ApiDependencies& api,
                                                           Result<Described> done) {
  if (!done) {
    // RFC 9110 §13.1.1: an If-Match that does not hold is 412.
    if (done.error().code == "request.precondition")
      co_return signaling::problem(412, done.error());
    co_return done.error();
  }
  MeetingId id = done->meeting.id;
  Result<void> told = co_await api.conferences->meeting_changed(id);
  if (!told) co_return told.error();
  const int connected = co_await api.conferences->connected(std::move(id));
  co_return meeting_reply(200, *done, connected);
}

Reply patch_meeting(const ApiDependencies& api, const RequestContext& context) {
  auto body = json_body(context.request);
  if (!body) co_return body.error();
  auto plan = read_plan(*body);
  if (!plan) co_return plan.error();
  auto work = [&api, &context, &plan] {
    return changed(api, context, [&](Planner& who, IfRevision revision) -> Result<Meeting> {
      if (plan->chair) {
        if (auto may = claim_chair(who.reach, *plan->chair);
            !may && *plan->chair != who.meeting.chair)
          return may.error();
      }
      return api.meetings->change(who.meeting.id, *plan, actor_of(*context.who), revision);
    });
  };
  Result<Described> done = co_await on_pool(*api.blocking, std::move(work));
  co_return co_await reply_changed(api, std::move(done));
}

Reply put_agenda(const ApiDependencies& api, const RequestContext& context) {
  auto body = json_body(context.request);
  if (!body) co_return body.error();
  auto items = read_agenda(*body, "items");
  if (!items) co_return items.error();
  if (!*items)
    co_return make_error(Errc::invalid_argument, "request.bad_body", "field items is missing");
  auto work = [&api, &context, &items] {
    return changed(api, context, [&](Planner& who, IfRevision revision) {
      return api.meetings->set_agenda(who.meeting.id, std::move(**items), actor_of(*context.who),
                                      revision);
    });
  };
  Result<Described> done = co_await on_pool(*api.blocking, std::move(work));
  co_return co_await reply_changed(api, std::move(done));
}

Reply post_state(const ApiDependencies& api, const RequestContext& context) {
  auto body = json_body(context.request);
  if (!body) co_return body.error();
  auto name = required_text(*body, "to", 32);
  if (!name) co_return name.error();
  const auto to = meeting_state_from(*name);
  if (!to)
    co_return make_error(Errc::invalid_argument, "meeting.bad_state", "there is no such state");
  auto work = [&api, &context, to] {
    return changed(api, context, [&](Planner& who, IfRevision revision) {
      return api.meetings->set_state(who.meeting.id, *to, {actor_of(*context.who), who.role},
                                     revision);
    });
  };
  Result<Described> done = co_await on_pool(*api.blocking, std::move(work));
  if (done && *to == MeetingState::closed) {
    auto end = [&api, &done] { return api.links->end(done->meeting.id); };
    Result<void> ended = co_await on_pool(*api.blocking, std::move(end));
    // The meeting is over all the same, and those in it are told so: no link of a closed meeting
    // opens anything, and it is entered by nobody.
    if (!ended)
      log::error("meeting {}: its links are still in the database: {}", done->meeting.id.str(),
                 ended.error().detail);
  }
  co_return co_await reply_changed(api, std::move(done));
}

/// The other meeting's title, for those who may see it.
json::object other_meeting(const ApiDependencies& api, const RequestContext& context,
                           const Booking& other) {
  const Meeting& meeting = other.meeting;
  json::object out;
  out["id"] = meeting.id.str();
  out["title"] = check_may_see(api, *context.who, meeting) ? json::value(meeting.title) : nullptr;
  if (const auto time = time_of(meeting)) {
    out["starts_at"] = rfc3339(time->from);
    out["ends_at"] = rfc3339(time->to);
  }
  return out;
}

/// Blocking.
Result<json::object> clashes_of(const ApiDependencies& api, const RequestContext& context,
                                const Booking& plan, const std::vector<AgendaItem>& agenda) {
  std::vector<Booking> others;
  if (const auto time = time_of(plan.meeting)) {
    auto found = api.meetings->bookings(time->from, time->to, plan.meeting.id);
    if (!found) return found.error();
    others = std::move(*found);
  }
  const auto tree = api.units->catalogue(plan.meeting.catalogue);
  if (!tree) return tree.error();
  json::array list;
  for (const Clash& clash :
       find_clashes(plan, agenda, others, api.clash_rules, api.clock->wall())) {
    json::object one;
    one["kind"] = text(name_of(clash.kind));
    one["serious"] = clash.is_serious();
    one["count"] = clash.count;
    one["limit"] = clash.limit;
    json::array units;
    for (const UnitCode& unit : clash.units) {
      json::object who;
      who["code"] = unit.str();
      who["name"] = (*tree)->display_name(unit);
      units.push_back(std::move(who));
    }
    one["units"] = std::move(units);
    for (const Booking& other : others) {
      if (other.meeting.id == clash.meeting) one["meeting"] = other_meeting(api, context, other);
    }
    list.push_back(std::move(one));
  }
  json::object out;
  out["clashes"] = std::move(list);
  return out;
}

Reply get_clashes(const ApiDependencies& api, const RequestContext& context) {
  auto work = [&api, &context]() -> Result<json::object> {
    auto who = planner(api, *context.who, MeetingId(context.path.get("id")));
    if (!who) return who.error();
    auto expected = api.meetings->expected(who->meeting.id);
    if (!expected) return expected.error();
    auto agenda = api.meetings->agenda(who->meeting.id);
    if (!agenda) return agenda.error();
    return clashes_of(api, context, {who->meeting, std::move(*expected)}, *agenda);
  };
  Result<json::object> found = co_await on_pool(*api.blocking, std::move(work));
  if (!found) co_return found.error();
  co_return json_reply(200, *found);
}

/// For a plan that is not saved: nothing is kept of it. `id` names the meeting it is a change of.
Reply post_clashes(const ApiDependencies& api, const RequestContext& context) {
  auto body = json_body(context.request);
  if (!body) co_return body.error();
  auto id = optional_text(*body, "id", 64);
  if (!id) co_return id.error();
  auto plan = read_plan(*body);
  if (!plan) co_return plan.error();
  auto work = [&api, &context, &id, &plan]() -> Result<json::object> {
    NewMeeting wanted = new_meeting(std::move(*plan));
    wanted.open = false;
    auto reach = reach_of(api, *context.who);
    if (!reach) return reach.error();
    std::optional<Meeting> kept;
    if (*id) {
      auto who = planner(api, *context.who, MeetingId(**id));
      if (!who) return who.error();
      kept = std::move(who->meeting);
      if (wanted.chair.empty()) wanted.chair = kept->chair;
    } else if (context.who->meeting) {
      return make_error(Errc::forbidden, "auth.other_meeting",
                        "a token is for its own meeting and plans no other");
    } else if (auto may = claim_chair(*reach, wanted.chair); !may) {
      return may.error();
    }
    auto planned = api.meetings->plan(wanted);
    if (!planned) return planned.error();
    if (kept) {
      planned->meeting.id = kept->id;
      planned->meeting.state = kept->state;
      planned->meeting.invited_at = kept->invited_at;
    }
    return clashes_of(api, context, *planned, wanted.agenda);
  };
  Result<json::object> found = co_await on_pool(*api.blocking, std::move(work));
  if (!found) co_return found.error();
  co_return json_reply(200, *found);
}

Reply list_kinds(const ApiDependencies& api, const RequestContext&) {
  json::array list;
  for (const MeetingKind& kind : meeting_kinds()) {
    json::object one;
    one["code"] = text(kind.code);
    one["minutes"] = kind.minutes;
    one["longest_minutes"] = kind.longest_minutes;
    one["speaking_minutes"] = kind.speaking_minutes;
    one["discussion_minutes"] = kind.discussion_minutes;
    list.push_back(std::move(one));
  }
  json::object body;
  body["kinds"] = std::move(list);
  body["max_sites"] = api.clash_rules.max_sites;
  co_return json_reply(200, body);
}

}  // namespace

void register_plan_routes(signaling::Router& router, const Api& api) {
  const auto add = [&](Method method, const char* pattern, Handler handler, std::size_t body) {
    auto route = make_route(method, pattern, api, handler);
    route.access = Access::manager;
    route.body_limit = body;
    router.add(std::move(route));
  };
  add(Method::patch, "/api/v1/meetings/{id}", patch_meeting, kPlanBodyLimit);
  add(Method::put, "/api/v1/meetings/{id}/agenda", put_agenda, kPlanBodyLimit);
  add(Method::post, "/api/v1/meetings/{id}/state", post_state, 1024);
  add(Method::get, "/api/v1/meetings/{id}/clashes", get_clashes, 0);
  add(Method::post, "/api/v1/meetings/clashes", post_clashes, kPlanBodyLimit);
  add(Method::get, "/api/v1/meeting-kinds", list_kinds, 0);
}

}  // namespace diemcau::mcu
