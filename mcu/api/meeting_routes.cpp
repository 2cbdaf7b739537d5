// Meetings, their event log, and the command to record them.

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "mcu/api/json_body.hpp"
#include "mcu/api/meeting_view.hpp"
#include "mcu/api/plan_body.hpp"
#include "mcu/api/route_families.hpp"
#include "mcu/api/scope.hpp"
#include "signaling/async.hpp"
#include "signaling/http/url.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {
namespace {

namespace json = boost::json;
using signaling::HttpResponse;
using signaling::Method;
using signaling::on_pool;
using signaling::RequestContext;
using signaling::rfc3339;

Result<std::vector<Described>> load_list(const ApiDependencies& api, const RequestContext& context,
                                         std::size_t limit) {
  std::vector<Described> out;
  auto reach = reach_of(api, *context.who);
  if (!reach) return reach.error();
  if (context.who->meeting) {
    auto meeting = api.meetings->find(*context.who->meeting);
    if (!meeting) return out;  // its meeting is gone; the list is empty
    auto described = describe(api, *reach, std::move(*meeting), Detail::summary);
    if (!described) return described.error();
    out.push_back(std::move(*described));
    return out;
  }
  MeetingFilter filter;
  filter.limit = limit;
  if (const auto state = context.request.query_value("state")) {
    filter.state = meeting_state_from(*state);
    if (!filter.state)
      return make_error(Errc::invalid_argument, "request.bad_query",
                        "state must be one of a meeting's life: draft, invited … closed");
  }
  filter.units = reach->units;
  auto meetings = api.meetings->list(filter);
  if (!meetings) return meetings.error();
  for (auto& meeting : *meetings) {
    auto described = describe(api, *reach, std::move(meeting), Detail::summary);
    if (!described) return described.error();
    out.push_back(std::move(*described));
  }
  return out;
}

Reply list_meetings(const ApiDependencies& api, const RequestContext& context) {
  const auto limit = query_number(context.request, "limit", 1, 1000, 200);
  if (!limit) co_return limit.error();
  auto load = [&api, &context, limit = static_cast<std::size_t>(*limit)] {
    return load_list(api, context, limit);
  };
  Result<std::vector<Described>> found = co_await on_pool(*api.blocking, std::move(load));
  if (!found) co_return found.error();
  json::array meetings;
  for (const auto& described : *found) {
    int connected = 0;
    if (may_enter(described.meeting.state)) {
      MeetingId id = described.meeting.id;
      connected = co_await api.conferences->connected(std::move(id));
    }
    meetings.push_back(to_object(described, connected));
  }
  json::object body;
  body["meetings"] = std::move(meetings);
  co_return json_reply(200, body);
}

/// The meeting, if the one who asks may see it. Blocking.
Result<Described> load_one(const ApiDependencies& api, const RequestContext& context) {
  auto meeting = find_in_reach(api, *context.who, MeetingId(context.path.get("id")));
  if (!meeting) return meeting.error();
  auto reach = reach_of(api, *context.who);
  if (!reach) return reach.error();
  return describe(api, *reach, std::move(*meeting), Detail::whole);
}

Reply get_meeting(const ApiDependencies& api, const RequestContext& context) {
  auto load = [&api, &context] { return load_one(api, context); };
  Result<Described> found = co_await on_pool(*api.blocking, std::move(load));
  if (!found) co_return found.error();
  MeetingId id = found->meeting.id;
  const int connected = co_await api.conferences->connected(std::move(id));
  co_return meeting_reply(200, *found, connected);
}

Result<NewMeeting> read_new_meeting(const RequestContext& context) {
  auto body = json_body(context.request);
  if (!body) return body.error();
  auto plan = read_plan(*body);
  if (!plan) return plan.error();
  if (!plan->title || plan->title->empty())
    return make_error(Errc::invalid_argument, "meeting.bad_title", "field title is missing");
  auto open = optional_flag(*body, "open", true);
  if (!open) return open.error();
  NewMeeting wanted = new_meeting(std::move(*plan));
  wanted.open = *open;
  return wanted;
}

/// A manager calls meetings for his own node only. Blocking.
Result<Described> create(const ApiDependencies& api, const RequestContext& context,
                         NewMeeting wanted) {
  auto reach = reach_of(api, *context.who);
  if (!reach) return reach.error();
  if (auto may = claim_chair(*reach, wanted.chair); !may) return may.error();
  auto meeting = api.meetings->create(wanted, actor_of(*context.who));
  if (!meeting) return meeting.error();
  return describe(api, *reach, std::move(*meeting), Detail::whole);
}

Reply create_meeting(const ApiDependencies& api, const RequestContext& context) {
  if (context.who->meeting)
    co_return make_error(Errc::forbidden, "auth.other_meeting",
                         "a token is for its own meeting and makes no other");
  auto wanted = read_new_meeting(context);
  if (!wanted) co_return wanted.error();
  auto make = [&api, &context, &wanted] { return create(api, context, std::move(*wanted)); };
  Result<Described> made = co_await on_pool(*api.blocking, std::move(make));
  if (!made) co_return made.error();
  HttpResponse response = meeting_reply(201, *made, 0);
  response.headers.set("Location", "/api/v1/meetings/" + made->meeting.id.str());
  co_return response;
}

Reply list_events(const ApiDependencies& api, const RequestContext& context) {
  const auto after = query_number(context.request, "after", 0, std::int64_t{1} << 53, 0);
  if (!after) co_return after.error();
  const auto limit = query_number(context.request, "limit", 1, 1000, 200);
  if (!limit) co_return limit.error();
  auto load = [&api, &context, after = *after,
               limit = static_cast<std::size_t>(*limit)]() -> Result<std::vector<Event>> {
    const MeetingId id(context.path.get("id"));
    auto meeting = find_in_reach(api, *context.who, id);
    if (!meeting) return meeting.error();
    // A district's secretary manages its own meetings; at one of the province it is a guest.
    auto reach = reach_of(api, *context.who);
    if (!reach) return reach.error();
    if (role_in(*reach, *meeting) == signaling::Role::viewer)
      return make_error(Errc::forbidden, "auth.forbidden", "only who manages the meeting reads it");
    return api.events->read(id, after, limit);
  };
  Result<std::vector<Event>> events = co_await on_pool(*api.blocking, std::move(load));
  if (!events) co_return events.error();
  json::array list;
  for (const auto& event : *events) {
    boost::system::error_code error;
    json::value data = json::parse(event.data, error);
    json::object item;
    item["seq"] = event.seq;
    item["at"] = rfc3339(event.at);
    item["actor"] = event.actor;
    item["kind"] = event.kind;
    item["data"] = error ? json::value(json::object()) : std::move(data);
    list.push_back(std::move(item));
  }
  json::object body;
  const bool more = list.size() == static_cast<std::size_t>(*limit);
  body["next"] = more ? json::value(events->back().seq) : json::value(nullptr);
  body["events"] = std::move(list);
  co_return json_reply(200, body);
}

Reply start_recording(const ApiDependencies& api, const RequestContext& context) {
  MeetingId meeting(context.path.get("id"));
  signaling::Identity who = *context.who;
  auto look = [&api, &who, &meeting] { return find_in_reach(api, who, meeting); };
  Result<Meeting> found = co_await on_pool(*api.blocking, std::move(look));
  if (!found) co_return found.error();
  Result<RecordingId> id =
      co_await api.conferences->start_recording(std::move(meeting), std::move(who));
  if (!id) co_return id.error();
  json::object body;
  body["id"] = id->str();
  HttpResponse response = json_reply(201, body);
  response.headers.set("Location", "/api/v1/recordings/" + signaling::percent_encode(id->str()));
  co_return response;
}

Reply stop_recording(const ApiDependencies& api, const RequestContext& context) {
  MeetingId meeting(context.path.get("id"));
  signaling::Identity who = *context.who;
  auto look = [&api, &who, &meeting] { return find_in_reach(api, who, meeting); };
  Result<Meeting> found = co_await on_pool(*api.blocking, std::move(look));
  if (!found) co_return found.error();
  Result<void> done = co_await api.conferences->stop_recording(std::move(meeting), std::move(who));
  if (!done) co_return done.error();
  co_return HttpResponse(204);
}

}  // namespace

void register_meeting_routes(signaling::Router& router, const Api& api) {
  router.add(make_route(Method::get, "/api/v1/meetings", api, list_meetings));
  auto create_route = make_route(Method::post, "/api/v1/meetings", api, create_meeting);
  create_route.access = signaling::Access::manager;
  create_route.body_limit = kPlanBodyLimit;
  router.add(std::move(create_route));

  const auto of_meeting = [&](Method method, const char* pattern, Handler handler,
                              signaling::Access access) {
    auto route = make_route(method, pattern, api, handler);
    route.access = access;
    route.body_limit = method == Method::post ? 1024 : 0;
    router.add(std::move(route));
  };
  using signaling::Access;
  of_meeting(Method::get, "/api/v1/meetings/{id}", get_meeting, Access::signed_in);
  of_meeting(Method::get, "/api/v1/meetings/{id}/events", list_events, Access::manager);
  of_meeting(Method::post, "/api/v1/meetings/{id}/recording", start_recording, Access::manager);
  of_meeting(Method::del, "/api/v1/meetings/{id}/recording", stop_recording, Access::manager);
}

}  // namespace diemcau::mcu
