#include "mcu/conference/control/rights.hpp"

namespace diemcau::mcu {

using signaling::FloorVerb;
using signaling::RollCallVerb;
using signaling::RoomVerb;

namespace {
struct Least {
  Standing operator()(const signaling::FloorCommand& c) const {
    // Ending is a site's own act as well: Floor::decide looks whose floor it is.
    const bool own =
        c.verb == FloorVerb::request || c.verb == FloorVerb::withdraw || c.verb == FloorVerb::end;
    return own ? Standing::seated : Standing::manager;
  }
  Standing operator()(const signaling::RollCallCommand& c) const {
    if (c.verb == RollCallVerb::answer) return Standing::seated;
    // QĐ 45/2018/QĐ-TTg: a substitute comes with the chair's consent, nobody else's.
    return c.verb == RollCallVerb::consent ? Standing::chair : Standing::manager;
  }
  Standing operator()(const signaling::AgendaCommand&) const { return Standing::manager; }
  Standing operator()(const signaling::RoomCommand& c) const {
    const bool delegation = c.verb == RoomVerb::delegate || c.verb == RoomVerb::withdraw;
    return delegation ? Standing::chair : Standing::manager;
  }
  Standing operator()(const signaling::VoteCommand& c) const {
    return c.verb == signaling::VoteVerb::cast ? Standing::seated : Standing::manager;
  }
  Standing operator()(const signaling::SetStage&) const { return Standing::manager; }
  Standing operator()(const signaling::Mute&) const { return Standing::manager; }
};
}  // namespace

Standing standing_for(const ControlCommand& command) {
  return std::visit(Least{}, command);
}

Result<void> check_right(const ControlCommand& command, const Actor& actor) {
  switch (standing_for(command)) {
    case Standing::seated:
      if (!actor.seated) return forbidden("a viewer only looks on");
      return {};
    case Standing::manager:
      if (!actor.manages) return forbidden("only chair or secretary may do this");
      return {};
    case Standing::chair:
      if (!actor.chair) return forbidden("only the chair may do this");
      return {};
  }
  return forbidden("nobody may do this");
}

}  // namespace diemcau::mcu
