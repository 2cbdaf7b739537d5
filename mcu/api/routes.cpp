#include "mcu/api/routes.hpp"

#include "mcu/api/route_families.hpp"

namespace diemcau::mcu {

signaling::Route make_route(signaling::Method method, std::string pattern, const Api& api,
                            Handler handler) {
  signaling::Route route;
  route.method = method;
  route.pattern = std::move(pattern);
  route.handler = [api, handler](const signaling::RequestContext& context) {
    return handler(*api, context);
  };
  return route;
}

void register_routes(signaling::Router& router, const ApiDependencies& dependencies) {
  const auto api = std::make_shared<const ApiDependencies>(dependencies);
  register_health_routes(router, api);
  register_session_routes(router, api);
  register_meeting_routes(router, api);
  register_plan_routes(router, api);
  register_link_routes(router, api);
  register_device_routes(router, api);
  register_unit_routes(router, api);
  register_document_routes(router, api);
  register_check_routes(router, api);
  register_check_result_routes(router, api);
  register_help_routes(router, api);
  register_stage_routes(router, api);
  register_recording_routes(router, api);
  register_signal_route(router, api);
  register_whip_routes(router, api);
  register_static_routes(router, api);
}

}  // namespace diemcau::mcu
