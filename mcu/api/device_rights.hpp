#pragma once
// Who may speak for a unit when a device of it is enrolled or taken back, and how often devices may
// ask. Pure.

#include <chrono>

#include "mcu/api/scope.hpp"
#include "mcu/meetings/links/pin_throttle.hpp"

namespace diemcau::mcu {

/// How often codes are given out. A province's 266 halls are switched on in one morning, many of
/// them behind one address, and each asks again when its code is 15 minutes old: that fits twice.
/// One address alone gets 600 in those 15 minutes and does not fill what the store keeps (1000).
constexpr PinThrottle::Limits enrolment_limits() {
  return {.tries = 300,
          .refill = std::chrono::seconds(3),
          .first_tries = 600,
          .first_refill = std::chrono::seconds(1),
          .further_tries = 600,
          .further_refill = std::chrono::seconds(1)};
}

/// An account of somebody who runs meetings, or of a site; no token, no viewer, no device: what was
/// let in itself lets nobody in. Errors: auth.forbidden.
Result<void> check_may_enrol_any(const signaling::Identity& who);
/// An administrator for every unit; a chair's or secretary's account for its own node and those
/// below; a site's for its own unit alone. Errors: auth.forbidden.
Result<void> check_may_enrol(const Reach& who, const UnitCode& unit);

}  // namespace diemcau::mcu
