#pragma once
// Who may speak for a unit when a device of it is enrolled or taken back. Pure.

#include "mcu/api/scope.hpp"

namespace diemcau::mcu {

/// An account of somebody who runs meetings, or of a site; no token, no viewer, no device: what was
/// let in itself lets nobody in. Errors: auth.forbidden.
Result<void> check_may_enrol_any(const signaling::Identity& who);
/// An administrator for every unit; a chair's or secretary's account for its own node and those
/// below; a site's for its own unit alone. Errors: auth.forbidden.
Result<void> check_may_enrol(const Reach& who, const UnitCode& unit);

}  // namespace diemcau::mcu
