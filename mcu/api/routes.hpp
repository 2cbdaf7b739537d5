#pragma once
// All routes of the server.

#include "mcu/api/dependencies.hpp"
#include "signaling/http/router.hpp"

namespace diemcau::mcu {

/// Once, before the listener starts.
void register_routes(signaling::Router& router, const ApiDependencies& dependencies);

}  // namespace diemcau::mcu
