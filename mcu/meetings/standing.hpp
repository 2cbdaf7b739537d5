#pragma once
// What somebody is in one meeting. Pure.

#include "base/units/unit_tree.hpp"
#include "signaling/auth/identity.hpp"

namespace diemcau::mcu {

/// The same, but that a chair's or secretary's account of another body is a site among others:
/// neither the chairing unit, nor above it, nor its own office.
signaling::Identity in_meeting_of(const UnitTree& units, const UnitCode& chair,
                                  signaling::Identity who);

}  // namespace diemcau::mcu
