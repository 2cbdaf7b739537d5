#include "signaling/http/dispatcher.hpp"

#include "base/log.hpp"
#include "signaling/http/problem.hpp"
#include "signaling/http/security_headers.hpp"

namespace diemcau::signaling {
namespace asio = boost::asio;
namespace {

const std::vector<double> kLatencyBounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                            0.1,   0.25,   0.5,   1,    2.5,   10};

bool changes_state(Method method) {
  return method != Method::get && method != Method::head && method != Method::options;
}

std::string list_of(const std::vector<Method>& methods) {
  std::string out;
  for (const auto method : methods) {
    if (!out.empty()) out += ", ";
    out += name_of(method);
  }
  return out;
}

/// RFC 6750 §2.1; nothing when there is no bearer token.
std::optional<std::string> bearer_of(const HttpRequest& request) {
  auto field = request.headers.get("Authorization");
  constexpr std::string_view kScheme = "Bearer ";
  if (field.size() <= kScheme.size() ||
      !equals_ignoring_case(field.substr(0, kScheme.size()), kScheme))
    return std::nullopt;
  field.remove_prefix(kScheme.size());
  while (!field.empty() && field.front() == ' ') field.remove_prefix(1);
  return std::string(field);
}

}  // namespace

std::string_view session_cookie_name(bool secure) {
  return secure ? "__Host-diemcau" : "diemcau";
}

Dispatcher::Dispatcher(Router router, Authenticator& authenticator, OriginPolicy origins,
                       const Clock& clock, Metrics& metrics)
    : router_(std::move(router)),
      authenticator_(authenticator),
      origins_(std::move(origins)),
      clock_(clock),
      metrics_(metrics) {}
Dispatcher::~Dispatcher() = default;

asio::awaitable<Result<Identity>> Dispatcher::identify(const HttpRequest& request,
                                                       const Route& route) {
  if (auto token = bearer_of(request)) {
    auto who = co_await authenticator_.from_bearer(std::move(*token));
    co_return who;
  }
  if (request.headers.find("Authorization"))
    co_return make_error(Errc::unauthorized, "auth.bad_token", "only Bearer tokens are accepted");
  const auto cookie = request.cookie(session_cookie_name(request.secure));
  if (!cookie || route.bearer_only)
    co_return make_error(Errc::unauthorized, "auth.required",
                         route.bearer_only ? "a bearer token is required"
                                           : "a session cookie or a bearer token is required");
  std::string value(*cookie);
  auto who = co_await authenticator_.from_cookie(std::move(value));
  co_return who;
}

HttpResponse Dispatcher::no_route(const HttpRequest& request) const {
  const auto methods = router_.methods_of(request.segments);
  if (methods.empty())
    return problem(make_error(Errc::not_found, "request.no_route", "no such resource"));
  const bool options = request.method == Method::options;
  HttpResponse response = options
                              ? HttpResponse(204)
                              : problem(405, make_error(Errc::unsupported, "request.method",
                                                        "this resource does not have that method"));
  response.headers.set("Allow", list_of(methods) + (options ? ", OPTIONS" : ""));
  return response;
}

asio::awaitable<std::unique_ptr<Dispatcher::Admitted>> Dispatcher::admit(
    HttpRequest request, bool is_upgrade, std::uint64_t content_length) {
  auto admitted = std::make_unique<Admitted>();
  admitted->began = clock_.now();
  RouteMatch found = router_.find(request.method, request.segments);
  admitted->context.request = std::move(request);
  admitted->context.path = std::move(found.path);
  const HttpRequest& asked = admitted->context.request;
  if (found.route == nullptr) {
    admitted->refusal = no_route(asked);
    co_return admitted;
  }
  const Route& route = *found.route;
  admitted->route = &route;
  const auto refuse = [&admitted](HttpResponse response) {
    admitted->refusal = std::move(response);
  };

  if (route.websocket && !is_upgrade) {
    auto response = problem(426, make_error(Errc::invalid_argument, "ws.upgrade_required",
                                            "this resource is a WebSocket"));
    response.headers.set("Upgrade", "websocket");
    refuse(std::move(response));
    co_return admitted;
  }
  // A page of another origin may not act with somebody's cookie, nor sign somebody in. Where the
  // cookie does not count, any page that holds a token may call.
  const bool guarded = (changes_state(asked.method) || route.websocket) && !route.bearer_only;
  const bool by_token = asked.headers.find("Authorization").has_value() && !route.websocket;
  if (guarded && !by_token && !origins_.allows(asked)) {
    refuse(problem(make_error(Errc::forbidden, "auth.bad_origin",
                              "the page's origin is not one of this server's")));
    co_return admitted;
  }

  const bool wants_identity = route.access != Access::open || route.websocket;
  if (wants_identity) {
    Result<Identity> who = co_await identify(asked, route);
    if (who) {
      admitted->context.who = std::move(*who);
    } else if (!route.websocket) {
      refuse(problem(who.error()));
      co_return admitted;
    }
  }
  const auto& who = admitted->context.who;
  if (who && !route.websocket) {
    if (route.access == Access::manager && !who->may_manage_meeting()) {
      refuse(problem(make_error(Errc::forbidden, "auth.forbidden",
                                "only an administrator, a chair or a secretary may do this")));
      co_return admitted;
    }
  }
  if (content_length > route.body_limit) {
    refuse(problem(make_error(
        Errc::too_large, "request.too_large",
        "the body may have at most " + std::to_string(route.body_limit) + " bytes here")));
  }
  co_return admitted;
}

asio::awaitable<HttpResponse> Dispatcher::answer(const Admitted& admitted) {
  Error failure;
  try {
    Result<HttpResponse> result = co_await admitted.route->handler(admitted.context);
    if (result) co_return std::move(*result);
    failure = result.error();
  } catch (const std::exception& e) {
    failure = make_error(Errc::internal, "internal", e.what());
  }
  co_return failed(admitted, failure);
}

asio::awaitable<Result<std::unique_ptr<Upload>>> Dispatcher::open_upload(
    const Admitted& admitted, std::optional<std::uint64_t> length) {
  Error failure;
  try {
    Result<std::unique_ptr<Upload>> upload =
        co_await admitted.route->upload(admitted.context, length);
    co_return upload;
  } catch (const std::exception& e) {
    failure = make_error(Errc::internal, "internal", e.what());
  }
  co_return failure;
}

asio::awaitable<HttpResponse> Dispatcher::finish_upload(const Admitted& admitted, Upload& upload) {
  Error failure;
  try {
    Result<HttpResponse> result = co_await upload.finish();
    if (result) co_return std::move(*result);
    failure = result.error();
  } catch (const std::exception& e) {
    failure = make_error(Errc::internal, "internal", e.what());
  }
  co_return failed(admitted, failure);
}

HttpResponse Dispatcher::failed(const Admitted& admitted, const Error& failure) const {
  if (status_of(failure.kind) == 500)
    log::error("{} {} failed: {}: {}", name_of(admitted.route->method), admitted.route->pattern,
               failure.code, failure.detail);
  return problem(failure);
}

void Dispatcher::finish(const Admitted& admitted, HttpResponse& response) {
  add_security_headers(response, admitted.context.request.secure);
  if (admitted.route != nullptr && admitted.route->cors) add_cors_headers(response);
  const std::string route = admitted.route != nullptr ? admitted.route->pattern : "none";
  count(route, response.status);
  if (admitted.route == nullptr) return;
  metrics_
      .histogram("diemcau_http_seconds", "Time from a request's head to its answer", kLatencyBounds,
                 {{"route", route}})
      .observe(std::chrono::duration<double>(clock_.now() - admitted.began).count());
}

void Dispatcher::finish_unrouted(HttpResponse& response, bool secure) {
  add_security_headers(response, secure);
  count("none", response.status);
}

void Dispatcher::count(const std::string& route, int status) {
  metrics_
      .counter("diemcau_http_requests_total", "HTTP requests by route and status",
               {{"route", route}, {"code", std::to_string(status)}})
      .add();
}

}  // namespace diemcau::signaling
