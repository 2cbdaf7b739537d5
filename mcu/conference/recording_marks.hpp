#pragma once
// Which events of the control room become marks of the recording, from which its chapters are made.
// Pure; `at` and `position` are filled in by who knows the recording.

#include <functional>
#include <string>
#include <vector>

#include "mcu/conference/control/room_types.hpp"
#include "recording/sidecar.hpp"
#include "signaling/control_messages.hpp"

namespace diemcau::mcu {

struct Speaker {
  std::string unit, name;
};

/// How things stand once the events have been applied.
struct MarkContext {
  int item = 0;          // position on the agenda
  std::string question;  // of the last vote
  std::function<Speaker(const std::string& seat)> speaker;
};

std::vector<recording::Mark> marks_of(const Events& events, const MarkContext& context);

/// What a recording that begins now begins in the middle of.
std::vector<recording::Mark> marks_at_start(const signaling::ControlView& now,
                                            const MarkContext& context);

}  // namespace diemcau::mcu
