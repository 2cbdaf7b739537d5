#include "mcu/conference/control/control_room.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>
#include <boost/json/value_from.hpp>

#include "mcu/conference/control/rights.hpp"

namespace diemcau::mcu {

using signaling::RoomVerb;

ControlRoom::ControlRoom(RoomPlan plan)
    : plan_(std::move(plan)),
      floor_(plan_.speaking_time),
      roll_call_(plan_.expected),
      agenda_(plan_.agenda),
      admission_(plan_.life),
      votes_(plan_.expected) {}

struct ControlRoom::Decide {
  const ControlRoom& room;
  const Actor& actor;
  const SeatFacts& seats;

  Result<Events> operator()(const signaling::FloorCommand& c) const {
    return room.floor_.decide(c, actor, seats);
  }
  Result<Events> operator()(const signaling::RollCallCommand& c) const {
    return room.roll_call_.decide(c, actor, seats);
  }
  Result<Events> operator()(const signaling::VoteCommand& c) const {
    return room.votes_.decide(c, actor);
  }
  /// To the next item is one act: its speaker, if it is here, has the floor.
  Result<Events> operator()(const signaling::AgendaCommand& c) const {
    auto events = room.agenda_.decide(c, actor);
    if (!events) return events;
    const auto* item = room.agenda_.target(c);
    const auto seat = item->speaker.empty() ? "" : room.plan_.seat_of_unit(item->speaker);
    const auto& holder = room.floor_.holder();
    if (holder && holder->seat == seat) return events;
    const std::chrono::seconds allotted = item->speaking_minutes > 0
                                              ? std::chrono::minutes(item->speaking_minutes)
                                              : room.floor_.usual();
    auto more = !seat.empty() && seats.connected(seat) ? room.floor_.give(seat, allotted, actor)
                                                       : room.floor_.end(actor);
    std::ranges::move(more, std::back_inserter(*events));
    return events;
  }
  Result<Events> operator()(const signaling::RoomCommand& c) const {
    switch (c.verb) {
      case RoomVerb::mute_all:
        return mute_all(true);
      case RoomVerb::unmute_all:
        return mute_all(false);
      case RoomVerb::delegate:
        if (!seats.listed(c.seat)) return no_seat();
        if (room.is_co_chair(c.seat)) return Events{};
        return Events{event(actor, "rights.delegated", {{"seat", c.seat}})};
      case RoomVerb::withdraw:
        if (!room.is_co_chair(c.seat)) return Events{};
        return Events{event(actor, "rights.withdrawn", {{"seat", c.seat}})};
      case RoomVerb::remove:
        return remove(c);
      default:
        return room.admission_.decide(c, actor, seats, room.waiting_);
    }
  }
  Result<Events> operator()(const signaling::SetStage& c) const {
    if (!layout_from(c.layout))
      return make_error(Errc::invalid_argument, "stage.unknown_layout", "no such layout");
    boost::json::object data{{"layout", c.layout}, {"pinned", boost::json::value_from(c.pinned)}};
    return Events{event(actor, "stage.changed", data)};
  }
  Result<Events> operator()(const signaling::Mute& c) const {
    if (!seats.listed(c.seat)) return no_seat();
    return Events{event(actor, "mute.changed", {{"seat", c.seat}, {"muted", c.muted}})};
  }

 private:
  Result<Events> mute_all(bool muted) const {
    return Events{event(actor, "mute.all", {{"muted", muted}})};
  }
  /// Who is sent out loses the floor and its place in the queue.
  Result<Events> remove(const signaling::RoomCommand& c) const {
    auto events = room.admission_.decide(c, actor, seats, room.waiting_);
    if (!events) return events;
    const auto& holder = room.floor_.holder();
    if (holder && holder->seat == c.seat)
      std::ranges::move(room.floor_.end(actor), std::back_inserter(*events));
    if (std::ranges::any_of(room.floor_.queue(), [&](const auto& w) { return w.seat == c.seat; }))
      events->push_back(event(actor, "floor.declined", {{"seat", c.seat}}));
    return events;
  }
};

Result<Events> ControlRoom::decide(const ControlCommand& command, const Actor& given,
                                   const SeatFacts& seats) const {
  Actor actor = given;
  actor.manages = actor.manages || is_co_chair(actor.seat);
  if (auto may = check_right(command, actor); !may) return may.error();
  return std::visit(Decide{*this, actor, seats}, command);
}

void ControlRoom::apply(const Event& entry, TimePoint at) {
  boost::system::error_code error;
  const auto value = boost::json::parse(entry.data, error);
  const auto* data = error ? nullptr : value.if_object();
  static const boost::json::object kNothing;
  const PastEvent e{entry.kind, entry.actor, data != nullptr ? *data : kNothing, at};
  changed_.floor |= floor_.apply(e);
  changed_.roll_call |= roll_call_.apply(e);
  changed_.agenda |= agenda_.apply(e);
  changed_.vote |= votes_.apply(e);
  changed_.room |= admission_.apply(e) && e.kind != "participant.joined";
  changed_.room |= microphones_.apply(e) && e.kind == "mute.all";
  if (e.kind == "stage.changed") {
    wish_ = {layout_from(e.text("layout")).value_or(Layout::automatic), e.texts("pinned")};
  } else if (e.kind == "rights.delegated" || e.kind == "rights.withdrawn") {
    if (e.kind == "rights.delegated")
      co_chairs_.insert(e.text("seat"));
    else
      co_chairs_.erase(e.text("seat"));
    changed_.room = true;
  }
}

StageWish ControlRoom::with_tour(StageWish wish, TimePoint now) const {
  const auto seat = roll_call_.tour_seat(now);
  if (!seat) return wish;
  if (wish.layout == Layout::automatic) wish.layout = Layout::speaker_strip;
  std::erase(wish.pinned, *seat);
  wish.pinned.insert(wish.pinned.begin(), *seat);
  return wish;
}

void ControlRoom::replan(std::string life, std::vector<signaling::AgendaItemView> agenda) {
  changed_.room |= life != admission_.life();
  changed_.agenda |= agenda != agenda_.items();
  admission_.set_life(std::move(life));
  agenda_.set_items(std::move(agenda));
}

void ControlRoom::set_waiting(const std::string& seat, bool waits) {
  const bool changed = waits ? waiting_.insert(seat).second : waiting_.erase(seat) > 0;
  changed_.room |= changed;
}

signaling::RoomView ControlRoom::room_view() const {
  signaling::RoomView view;
  view.state = admission_.life();
  view.locked = admission_.locked();
  view.all_muted = microphones_.all_muted();
  view.co_chairs.assign(co_chairs_.begin(), co_chairs_.end());
  view.waiting.assign(waiting_.begin(), waiting_.end());
  view.removed.assign(admission_.removed().begin(), admission_.removed().end());
  return view;
}

signaling::ControlView ControlRoom::view(TimePoint now) const {
  return {room_view(), agenda_.view(), floor_.view(now), roll_call_.view(now), votes_.view()};
}

std::optional<signaling::ControlView> ControlRoom::take_changed(TimePoint now) {
  if (const auto toured = roll_call_.tour_seat(now); toured != toured_) {
    toured_ = toured;
    changed_.roll_call = true;
  }
  const auto changed = std::exchange(changed_, {});
  if (!changed.room && !changed.agenda && !changed.floor && !changed.roll_call && !changed.vote)
    return std::nullopt;
  signaling::ControlView out;
  if (changed.room) out.room = room_view();
  if (changed.agenda) out.agenda = agenda_.view();
  if (changed.floor) out.floor = floor_.view(now);
  if (changed.roll_call) out.roll_call = roll_call_.view(now);
  if (changed.vote) out.vote = votes_.view();
  return out;
}

}  // namespace diemcau::mcu
