#pragma once
// Who may say what: each command of the control room and the least standing it needs. Pure; what
// else a command needs (an own floor to end, a place on the list) its part decides.

#include <set>
#include <string>

#include "mcu/conference/control/command.hpp"
#include "mcu/conference/control/room_types.hpp"

namespace diemcau::mcu {

enum class Standing {
  seated,   // any site, of its own seat only
  manager,  // chair, secretary, administrator, or a co-chair the chair named
  chair,    // the chair, or the administrator in its place
};

Standing standing_for(const ControlCommand& command);

/// Errors: auth.forbidden.
Result<void> check_right(const ControlCommand& command, const Actor& actor);

}  // namespace diemcau::mcu
