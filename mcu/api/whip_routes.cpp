// WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): one offer, one answer, over plain HTTP.

#include "mcu/api/route_families.hpp"
#include "mcu/api/scope.hpp"
#include "mcu/api/whip_sessions.hpp"
#include "signaling/http/problem.hpp"
#include "signaling/http/url.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {
namespace {

using signaling::HttpRequest;
using signaling::HttpResponse;
using signaling::Method;
using signaling::owner_key;
using signaling::RequestContext;

constexpr std::string_view kSdp = "application/sdp";
constexpr std::string_view kFragment = "application/trickle-ice-sdpfrag";
constexpr std::size_t kMaxFragment = 16 * 1024;

struct Service {
  Api api;
  std::shared_ptr<WhipSessions> sessions;
  bool whep = false;

  const char* root() const { return whep ? "/whep/" : "/whip/"; }
};

bool has_type(const HttpRequest& request, std::string_view wanted) {
  auto type = request.headers.get("Content-Type");
  type = type.substr(0, type.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  return signaling::equals_ignoring_case(type, wanted);
}

Error wrong_type(std::string_view wanted) {
  return make_error(Errc::unsupported, "request.media_type",
                    "the body must be " + std::string(wanted));
}

Reply join(std::shared_ptr<const Service> service, const RequestContext& context) {
  const HttpRequest& request = context.request;
  const MeetingId meeting(context.path.get("meeting"));
  if (!has_type(request, kSdp)) co_return wrong_type(kSdp);
  Result<void> may = co_await check_door(*service->api, *context.who, meeting);
  if (!may) co_return may.error();
  if (request.body.empty())
    co_return make_error(Errc::invalid_argument, "sdp.empty", "the offer is empty");

  JoinRequest wanted;
  wanted.who = *context.who;
  wanted.kind = service->whep ? JoinKind::whep : JoinKind::whip;
  wanted.offer = request.body;
  if (service->whep) {
    const auto site = request.query_value("site");
    const auto view = request.query_value("view");
    if ((site && view) || (view && *view != "stage") || (site && site->empty()))
      co_return make_error(Errc::invalid_argument, "request.bad_query",
                           "give view=stage or site=CODE");
    wanted.whep_site = std::string(site.value_or(""));
  } else {
    wanted.media = {true, true, false};
  }
  MeetingId to_join = meeting;
  Result<JoinAnswer> answer =
      co_await service->api->conferences->join(std::move(to_join), std::move(wanted));
  if (!answer) co_return answer.error();

  WhipSession session;
  session.meeting = meeting;
  session.participant = answer->participant;
  session.owner = owner_key(*context.who);
  session.whep = service->whep;
  const std::string id = service->sessions->add(std::move(session));
  HttpResponse response = signaling::text_response(201, kSdp, std::move(answer->sdp));
  response.headers.set("Location",
                       service->root() + signaling::percent_encode(meeting.str()) + "/" + id);
  response.headers.set("ETag", service->sessions->find(id)->etag);
  response.headers.set("Accept-Patch", std::string(kFragment));
  response.headers.set("Cache-Control", "no-store");
  co_return response;
}

/// The session behind the URL, if it is the caller's own. Somebody else's looks like none, so that
/// URLs cannot be tried.
Result<WhipSession> session_of(const Service& service, const RequestContext& context) {
  auto session = service.sessions->find(context.path.get("session"));
  if (!session || session->whep != service.whep ||
      session->meeting.str() != context.path.get("meeting") ||
      session->owner != owner_key(*context.who))
    return make_error(Errc::not_found, "participant.not_found", "there is no such session");
  return std::move(*session);
}

Reply leave(std::shared_ptr<const Service> service, const RequestContext& context) {
  auto session = session_of(*service, context);
  if (!session) co_return session.error();
  service->sessions->remove(context.path.get("session"));
  MeetingId meeting = session->meeting;
  Result<void> done =
      co_await service->api->conferences->leave(std::move(meeting), session->participant);
  if (!done && done.error().kind != Errc::not_found) co_return done.error();
  co_return HttpResponse(200);
}

/// RFC 9725 §4.3.1: trickle names the ICE session it is for; §4.3.3: a restart says "*".
std::optional<HttpResponse> check_if_match(const HttpRequest& request, const WhipSession& session) {
  const auto if_match = request.headers.find("If-Match");
  if (!if_match)
    return signaling::problem(428,
                              make_error(Errc::invalid_argument, "request.precondition_required",
                                         "If-Match is required: the ETag, or * to restart"));
  if (*if_match != "*" && *if_match != session.etag)
    return signaling::problem(412, make_error(Errc::conflict, "request.precondition",
                                              "If-Match names another ICE session"));
  return std::nullopt;
}

Reply patch(std::shared_ptr<const Service> service, const RequestContext& context) {
  if (!has_type(context.request, kFragment)) {
    auto response = signaling::problem(wrong_type(kFragment));
    response.headers.set("Accept-Patch", std::string(kFragment));
    co_return response;
  }
  auto session = session_of(*service, context);
  if (!session) co_return session.error();
  if (auto refusal = check_if_match(context.request, *session)) co_return std::move(*refusal);
  MeetingId meeting = session->meeting;
  std::string fragment = context.request.body;
  Result<std::optional<std::string>> answer = co_await service->api->conferences->patch(
      std::move(meeting), session->participant, std::move(fragment));
  if (!answer) {
    if (answer.error().kind == Errc::not_found)
      service->sessions->remove(context.path.get("session"));
    co_return answer.error();
  }
  if (!*answer) {
    HttpResponse response(204);
    response.headers.set("ETag", session->etag);
    co_return response;
  }
  HttpResponse response = signaling::text_response(200, kFragment, std::move(**answer));
  response.headers.set("ETag", service->sessions->renew_etag(context.path.get("session")));
  response.headers.set("Cache-Control", "no-store");
  co_return response;
}

Reply options_of_endpoint(std::shared_ptr<const Service>, const RequestContext&) {
  HttpResponse response(204);
  response.headers.set("Allow", "POST, OPTIONS");
  response.headers.set("Accept-Post", std::string(kSdp));  // RFC 9725 §4.2
  co_return response;
}

Reply options_of_session(std::shared_ptr<const Service>, const RequestContext&) {
  HttpResponse response(204);
  response.headers.set("Allow", "PATCH, DELETE, OPTIONS");
  response.headers.set("Accept-Patch", std::string(kFragment));
  co_return response;
}

using ServiceHandler = Reply (*)(std::shared_ptr<const Service>, const RequestContext&);

}  // namespace

void register_whip_routes(signaling::Router& router, const Api& api) {
  for (const bool whep : {false, true}) {
    auto service = std::make_shared<Service>();
    service->api = api;
    service->sessions = std::make_shared<WhipSessions>();
    service->whep = whep;
    const auto add = [&](Method method, const std::string& rest, std::size_t body_limit,
                         ServiceHandler handler) {
      signaling::Route route;
      route.method = method;
      route.pattern = service->root() + rest;
      route.body_limit = body_limit;
      route.cors = true;
      route.bearer_only = true;
      route.access =
          method == Method::options ? signaling::Access::open : signaling::Access::signed_in;
      route.handler = [service = std::shared_ptr<const Service>(service), handler](
                          const RequestContext& context) { return handler(service, context); };
      router.add(std::move(route));
    };
    add(Method::post, "{meeting}", signaling::kMaxSdp, join);
    add(Method::options, "{meeting}", 0, options_of_endpoint);
    add(Method::del, "{meeting}/{session}", 0, leave);
    add(Method::patch, "{meeting}/{session}", kMaxFragment, patch);
    add(Method::options, "{meeting}/{session}", 0, options_of_session);
  }
}

}  // namespace diemcau::mcu
