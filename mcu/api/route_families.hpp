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
void register_link_routes(signaling::Router& router, const Api& api);
void register_device_routes(signaling::Router& router, const Api& api);
void register_unit_routes(signaling::Router& router, const Api& api);
void register_document_routes(signaling::Router& router, const Api& api);
void register_check_routes(signaling::Router& router, const Api& api);
void register_check_result_routes(signaling::Router& router, const Api& api);
void register_help_routes(signaling::Router& router, const Api& api);
void register_stage_routes(signaling::Router& router, const Api& api);
void register_recording_routes(signaling::Router& router, const Api& api);
void register_whip_routes(signaling::Router& router, const Api& api);
void register_signal_route(signaling::Router& router, const Api& api);
void register_health_routes(signaling::Router& router, const Api& api);
/// Last: it takes every path that nothing else took.
void register_static_routes(signaling::Router& router, const Api& api);

/// What signing in answers and sets: who somebody is now, and the cookie.
signaling::HttpResponse session_reply(const signaling::HttpRequest& request,
                                      const signaling::SignedIn& session);
std::string cookie_field(const signaling::HttpRequest& request, std::string_view name,
                         const std::string& value, std::chrono::seconds lifetime);
/// "__Host-diemcau-device" over https, as session_cookie_name.
std::string_view device_cookie_name(bool secure);
/// POST /api/v1/session with {"device": true}: by the device's own cookie.
Reply sign_in_as_device(const ApiDependencies& api, const signaling::RequestContext& context);
/// POST /api/v1/session with {"link", "pin"}.
Reply sign_in_by_link(const ApiDependencies& api, const signaling::RequestContext& context,
                      std::string link, std::string pin);

/// Binds a handler to what it needs: route(Method, pattern, handler) with the defaults of Route.
using Handler = Reply (*)(const ApiDependencies&, const signaling::RequestContext&);
signaling::Route make_route(signaling::Method method, std::string pattern, const Api& api,
                            Handler handler);

}  // namespace diemcau::mcu
