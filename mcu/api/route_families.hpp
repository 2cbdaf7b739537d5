#pragma once
// Internal to mcu/api: one function per family of routes. `api` is shared by all handlers.

#include <memory>

#include "mcu/api/dependencies.hpp"
#include "signaling/http/router.hpp"

namespace diemcau::mcu {

using Api = std::shared_ptr<const ApiDependencies>;
using Reply = boost::asio::awaitable<Result<signaling::HttpResponse>>;

void register_session_routes(signaling::Router& router, const Api& api);
void register_meeting_routes(signaling::Router& router, const Api& api);
void register_plan_routes(signaling::Router& router, const Api& api);
void register_unit_routes(signaling::Router& router, const Api& api);
void register_document_routes(signaling::Router& router, const Api& api);
void register_recording_routes(signaling::Router& router, const Api& api);
void register_whip_routes(signaling::Router& router, const Api& api);
void register_signal_route(signaling::Router& router, const Api& api);
void register_health_routes(signaling::Router& router, const Api& api);
/// Last: it takes every path that nothing else took.
void register_static_routes(signaling::Router& router, const Api& api);

/// Binds a handler to what it needs: route(Method, pattern, handler) with the defaults of Route.
using Handler = Reply (*)(const ApiDependencies&, const signaling::RequestContext&);
signaling::Route make_route(signaling::Method method, std::string pattern, const Api& api,
                            Handler handler);

}  // namespace diemcau::mcu
