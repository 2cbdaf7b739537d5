#include "mcu/meetings/meeting_life.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace diemcau::mcu {
namespace {

using enum MeetingState;
using signaling::Role;

constexpr std::array<std::string_view, 7> kNames{"draft", "invited",   "trial", "lobby",
                                                 "open",  "adjourned", "closed"};

enum class By { managers, chair };
struct Step {
  MeetingState from, to;
  By who;
};
constexpr std::array kSteps{
    Step{draft, invited, By::managers},
    Step{draft, lobby, By::managers},  // an urgent meeting goes without a letter
    Step{draft, open, By::managers},
    Step{draft, closed, By::chair},
    Step{invited, draft, By::chair},
    Step{invited, trial, By::managers},
    Step{invited, lobby, By::managers},
    Step{invited, open, By::managers},
    Step{invited, closed, By::chair},
    Step{trial, invited, By::managers},
    Step{trial, lobby, By::managers},
    Step{trial, closed, By::chair},
    Step{lobby, invited, By::managers},
    Step{lobby, open, By::managers},
    Step{lobby, closed, By::chair},
    Step{open, adjourned, By::managers},
    Step{open, closed, By::managers},
    Step{adjourned, open, By::managers},
    Step{adjourned, closed, By::managers},
};

bool may(By who, Role role) {
  if (role == Role::admin || role == Role::chair) return true;
  return who == By::managers && role == Role::secretary;
}

Error over() {
  return make_error(Errc::conflict, "meeting.closed", "the meeting is over");
}

}  // namespace

std::string_view name_of(MeetingState state) {
  return kNames[static_cast<std::size_t>(state)];
}

std::optional<MeetingState> meeting_state_from(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<MeetingState>(i);
  }
  return std::nullopt;
}

bool may_enter(MeetingState state) {
  return state == trial || state == lobby || state == open || state == adjourned;
}

Result<void> check_step(MeetingState from, MeetingState to, Role role) {
  const auto step = std::ranges::find_if(
      kSteps, [&](const Step& each) { return each.from == from && each.to == to; });
  const bool manages = may(By::managers, role);
  if (!manages || (step != kSteps.end() && !may(step->who, role))) {
    return make_error(Errc::forbidden, "auth.forbidden",
                      "a " + std::string(signaling::name_of(role)) + " may not make the meeting " +
                          std::string(name_of(to)));
  }
  if (step != kSteps.end()) return {};
  if (from == closed) return over();
  return make_error(Errc::conflict, "meeting.bad_step",
                    "a meeting that is " + std::string(name_of(from)) + " does not become " +
                        std::string(name_of(to)));
}

std::vector<MeetingState> steps_from(MeetingState from, Role role) {
  std::vector<MeetingState> out;
  for (const Step& step : kSteps) {
    if (step.from == from && may(step.who, role)) out.push_back(step.to);
  }
  return out;
}

Result<void> check_change(MeetingState state, PlanPart part) {
  if (state == closed) return over();
  if (part == PlanPart::course || state == draft || state == invited) return {};
  return make_error(Errc::conflict, "meeting.under_way",
                    "while a meeting is " + std::string(name_of(state)) +
                        " only its agenda, place, end and speaking time change");
}

}  // namespace diemcau::mcu
