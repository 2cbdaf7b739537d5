#include "mcu/conference/control/floor.hpp"

#include <algorithm>

#include <boost/json/array.hpp>

namespace diemcau::mcu {

using signaling::FloorVerb;

namespace {
Error not_waiting() {
  return make_error(Errc::conflict, "floor.not_waiting", "this seat has not asked for the floor");
}
Error nobody() {
  return make_error(Errc::conflict, "floor.nobody", "nobody has the floor");
}

std::int64_t ms(Duration d) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
}
}  // namespace

Result<Events> Floor::decide(const signaling::FloorCommand& command, const Actor& actor,
                             const SeatFacts& seats) const {
  switch (command.verb) {
    case FloorVerb::request:
      if (holder_ && holder_->seat == actor.seat)
        return make_error(Errc::conflict, "floor.already", "this seat has the floor");
      // Asked twice is asked once: a page that was cut off asks again.
      if (waits(actor.seat)) return Events{};
      if (queue_.size() >= kMostWaiting)
        return make_error(Errc::full, "floor.full", "too many seats wait for the floor");
      return Events{event(actor, "floor.requested", {{"seat", actor.seat}})};
    case FloorVerb::withdraw:
      if (!waits(actor.seat)) return Events{};
      return Events{event(actor, "floor.withdrawn", {{"seat", actor.seat}})};
    case FloorVerb::call: {
      if (!seats.listed(command.seat)) return no_seat();
      if (!seats.connected(command.seat)) return site_not_connected();
      if (holder_ && holder_->seat == command.seat)
        return make_error(Errc::conflict, "floor.already", "this seat has the floor");
      return give(command.seat, command.seconds > 0 ? seconds(command.seconds) : usual_, actor);
    }
    case FloorVerb::end:
      if (!holder_) return nobody();
      // A site may end its own speech, never another's.
      if (!actor.manages && holder_->seat != actor.seat)
        return forbidden("only who has the floor, chair or secretary may end it");
      return end(actor);
    case FloorVerb::extend:
      if (!holder_) return nobody();
      if (command.seconds < 1 || holder_->allotted + seconds(command.seconds) > kLongest)
        return make_error(Errc::invalid_argument, "floor.bad_time", "1 s to 4 h in all");
      return Events{
          event(actor, "floor.extended", {{"seat", holder_->seat}, {"seconds", command.seconds}})};
    case FloorVerb::decline:
      if (!waits(command.seat)) return not_waiting();
      return Events{event(actor, "floor.declined", {{"seat", command.seat}})};
    case FloorVerb::reorder: {
      // Somebody may have asked or withdrawn meanwhile: who is named and still waits comes first in
      // the order named, the others stay behind in theirs.
      boost::json::array order;
      for (const auto& seat : command.seats) {
        if (std::count(command.seats.begin(), command.seats.end(), seat) > 1)
          return make_error(Errc::invalid_argument, "floor.bad_order", "a seat stands there twice");
        if (waits(seat)) order.push_back(boost::json::string(seat));
      }
      if (order.empty()) return not_waiting();
      return Events{event(actor, "floor.reordered", {{"seats", std::move(order)}})};
    }
  }
  return Events{};
}

Events Floor::give(const std::string& seat, seconds allotted, const Actor& actor) const {
  auto events = end(actor);
  events.push_back(event(actor, "floor.given", {{"seat", seat}, {"seconds", allotted.count()}}));
  return events;
}

Events Floor::end(const Actor& actor) const {
  if (!holder_) return {};
  return {event(actor, "floor.ended", {{"seat", holder_->seat}})};
}

bool Floor::apply(const PastEvent& e) {
  if (!e.kind.starts_with("floor.")) return false;
  const auto seat = e.text("seat");
  if (e.kind == "floor.requested") {
    if (!waits(seat)) queue_.push_back({seat, e.at});
  } else if (e.kind == "floor.withdrawn" || e.kind == "floor.declined") {
    forget(seat);
  } else if (e.kind == "floor.reordered") {
    const auto order = e.texts("seats");
    const auto rank = [&](const Waiting& w) {
      return std::find(order.begin(), order.end(), w.seat) - order.begin();
    };
    std::stable_sort(queue_.begin(), queue_.end(),
                     [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  } else if (e.kind == "floor.given") {
    forget(seat);
    holder_ = Holder{seat, e.at, seconds(e.number("seconds"))};
  } else if (e.kind == "floor.extended" && holder_) {
    holder_->allotted += seconds(e.number("seconds"));
  } else if (e.kind == "floor.ended") {
    holder_.reset();
  }
  return true;
}

signaling::FloorView Floor::view(TimePoint now) const {
  signaling::FloorView view;
  if (holder_) view.holder = {holder_->seat, ms(now - holder_->since), ms(holder_->allotted)};
  for (const auto& waiting : queue_) view.queue.push_back({waiting.seat, ms(now - waiting.since)});
  return view;
}

bool Floor::waits(const std::string& seat) const {
  return std::ranges::any_of(queue_, [&](const auto& w) { return w.seat == seat; });
}

void Floor::forget(const std::string& seat) {
  std::erase_if(queue_, [&](const auto& w) { return w.seat == seat; });
}

}  // namespace diemcau::mcu
