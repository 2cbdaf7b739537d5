#pragma once
// The commands of the control room, as PROTOCOL.md has them.

#include <variant>

#include "signaling/control_messages.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {

using ControlCommand = std::variant<signaling::FloorCommand, signaling::RollCallCommand,
                                    signaling::AgendaCommand, signaling::RoomCommand,
                                    signaling::VoteCommand, signaling::SetStage, signaling::Mute>;

}  // namespace diemcau::mcu
