#include "mcu/conference/control/admission.hpp"

#include <boost/json/array.hpp>

namespace diemcau::mcu {

using signaling::RoomVerb;

Admission::Answer Admission::ask(const std::string& seat, bool manages) const {
  if (manages) return Answer::come_in;
  if (removed_.contains(seat)) return Answer::stay_out;
  if (!closed_door() || admitted_.contains(seat)) return Answer::come_in;
  return Answer::wait;
}

Result<Events> Admission::decide(const signaling::RoomCommand& command, const Actor& actor,
                                 const SeatFacts& seats,
                                 const std::set<std::string>& waiting) const {
  const auto& seat = command.seat;
  switch (command.verb) {
    case RoomVerb::admit:
      if (!seats.listed(seat) && !waiting.contains(seat)) return no_seat();
      return Events{event(actor, "room.admitted", {{"seats", boost::json::array{seat}}})};
    case RoomVerb::admit_expected: {
      boost::json::array admitted;
      for (const auto& one : waiting)
        if (seats.expected(one)) admitted.push_back(boost::json::string(one));
      if (admitted.empty()) return Events{};
      return Events{event(actor, "room.admitted", {{"seats", std::move(admitted)}})};
    }
    case RoomVerb::lock: {
      if (locked_) return Events{};
      return Events{event(actor, "room.locked")};
    }
    case RoomVerb::unlock:
      if (!locked_) return Events{};
      return Events{event(actor, "room.unlocked")};
    case RoomVerb::remove:
      if (!seats.listed(seat) && !waiting.contains(seat)) return no_seat();
      if (seat == actor.seat)
        return make_error(Errc::conflict, "room.own_seat", "nobody sends itself out");
      return Events{event(actor, "room.removed", {{"seat", seat}, {"reason", command.reason}})};
    case RoomVerb::restore:
      if (!removed_.contains(seat)) return no_seat();
      return Events{event(actor, "room.restored", {{"seat", seat}})};
    default:
      return Events{};
  }
}

bool Admission::apply(const PastEvent& e) {
  if (e.kind == "room.admitted") {
    for (auto& seat : e.texts("seats")) admitted_.insert(std::move(seat));
  } else if (e.kind == "room.locked") {
    locked_ = true;
  } else if (e.kind == "room.unlocked") {
    locked_ = false;
  } else if (e.kind == "room.removed") {
    admitted_.erase(e.text("seat"));
    removed_.insert(e.text("seat"));
  } else if (e.kind == "room.restored") {
    removed_.erase(e.text("seat"));
  } else if (e.kind == "participant.joined") {
    // Whoever is inside when the door is closed has been let in.
    admitted_.insert(std::string(e.actor));
  } else {
    return false;
  }
  return true;
}

}  // namespace diemcau::mcu
