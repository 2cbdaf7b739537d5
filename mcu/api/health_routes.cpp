// What a supervisor and Prometheus ask, and the description of the API.

#include "mcu/api/openapi.hpp"
#include "mcu/api/route_families.hpp"
#include "signaling/async.hpp"

namespace diemcau::mcu {
namespace {

using signaling::HttpResponse;
using signaling::Method;
using signaling::RequestContext;

HttpResponse plain(int status, std::string text) {
  auto response = signaling::text_response(status, "text/plain; charset=utf-8", std::move(text));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Reply healthz(const ApiDependencies&, const RequestContext&) {
  co_return plain(200, "ok\n");
}

Reply readyz(const ApiDependencies& api, const RequestContext&) {
  if (!api.ready) co_return plain(200, "ready\n");
  auto ask = [&api] { return api.ready(); };
  Result<void> ready = co_await signaling::on_pool(*api.blocking, std::move(ask));
  if (ready) co_return plain(200, "ready\n");
  // Whatever kind of failure it is: a supervisor is told to come again.
  co_return make_error(Errc::unavailable, ready.error().code, ready.error().detail);
}

Reply metrics(const ApiDependencies& api, const RequestContext&) {
  auto response = signaling::text_response(200, "text/plain; version=0.0.4; charset=utf-8",
                                           api.metrics->text());
  response.headers.set("Cache-Control", "no-store");
  co_return response;
}

Reply openapi(const ApiDependencies&, const RequestContext&) {
  auto response = signaling::json_response(200, std::string(openapi_json()));
  response.headers.set("Cache-Control", "no-cache");
  co_return response;
}

}  // namespace

void register_health_routes(signaling::Router& router, const Api& api) {
  const auto open = [&](const char* pattern, Handler handler) {
    auto route = make_route(Method::get, pattern, api, handler);
    route.access = signaling::Access::open;
    router.add(std::move(route));
  };
  open("/healthz", healthz);
  open("/readyz", readyz);
  open("/metrics", metrics);
  open("/api/v1/openapi.json", openapi);
}

}  // namespace diemcau::mcu
