#include "mcu/conference/control/roll_call.hpp"

#include <algorithm>

#include <boost/json/array.hpp>

namespace diemcau::mcu {

using signaling::AttendanceRow;
using signaling::Presence;
using signaling::RollCallVerb;

namespace {
constexpr const char* kAsked = "asked";
constexpr const char* kGranted = "granted";
constexpr const char* kRefused = "refused";

Presence presence_from(std::string_view name) {
  const auto found = std::ranges::find(signaling::kPresences, name);
  return found == signaling::kPresences.end()
             ? Presence::unanswered
             : static_cast<Presence>(found - signaling::kPresences.begin());
}

boost::json::object data_of(const AttendanceRow& row) {
  boost::json::object data{{"seat", row.seat}};
  const auto presence = signaling::kPresences[static_cast<std::size_t>(row.presence)];
  data["presence"] = boost::json::string_view(presence.data(), presence.size());
  data["person"] = row.person;
  data["position"] = row.position;
  data["reason"] = row.reason;
  data["consent"] = row.consent;
  data["late"] = row.late;
  return data;
}
}  // namespace

Result<Events> RollCall::decide(const signaling::RollCallCommand& command, const Actor& actor,
                                const SeatFacts& seats) const {
  const auto expects = [&](const std::string& seat) {
    return std::ranges::find(expected_, seat) != expected_.end();
  };
  switch (command.verb) {
    case RollCallVerb::open:
      if (state_ == State::open) return Events{};
      return Events{event(actor, "roll_call.opened")};
    case RollCallVerb::answer:
      if (!expects(actor.seat))
        return make_error(Errc::conflict, "roll_call.not_expected",
                          "this seat was not invited, so it is not called");
      return answered(actor, actor.seat, command);
    case RollCallVerb::mark:
      if (!expects(command.seat)) return no_seat();
      return answered(actor, command.seat, command);
    case RollCallVerb::consent: {
      const auto row = rows_.find(command.seat);
      if (row == rows_.end() || row->second.presence != Presence::substitute)
        return make_error(Errc::conflict, "roll_call.no_substitute",
                          "this seat has not named a substitute");
      return Events{event(actor, "roll_call.consent",
                          {{"seat", command.seat}, {"granted", command.granted}})};
    }
    case RollCallVerb::tour: {
      if (command.seconds < 1 || command.seconds > kLongestStop)
        return make_error(Errc::invalid_argument, "roll_call.bad_time", "1 to 120 s at a site");
      boost::json::array stops;
      for (const auto& seat : expected_)
        if (seat != actor.seat && seats.connected(seat)) stops.push_back(boost::json::string(seat));
      if (stops.empty())
        return make_error(Errc::conflict, "site.not_connected", "no expected site is here yet");
      return Events{event(actor, "roll_call.tour",
                          {{"seats", std::move(stops)}, {"seconds", command.seconds}})};
    }
    case RollCallVerb::stop_tour:
      if (!tour_) return Events{};
      return Events{event(actor, "roll_call.tour_stopped")};
    case RollCallVerb::close:
      if (state_ != State::open)
        return make_error(Errc::conflict, "roll_call.not_open", "the roll call is not open");
      return closed(actor);
  }
  return Events{};
}

Events RollCall::answered(const Actor& actor, const std::string& seat,
                          const signaling::RollCallCommand& command) const {
  AttendanceRow row;
  row.seat = seat;
  row.presence = command.presence;
  row.person = command.person;
  row.position = command.position;
  row.reason = command.reason;
  const bool here = row.presence == Presence::head || row.presence == Presence::substitute;
  row.late = here && state_ == State::closed;
  if (row.presence == Presence::substitute) {
    row.consent = actor.chair ? kGranted : kAsked;
    // Given once, it stays while the same person sits there.
    const auto known = rows_.find(seat);
    if (known != rows_.end() && known->second.presence == Presence::substitute &&
        known->second.person == row.person && !actor.chair)
      row.consent = known->second.consent;
  }
  // Whoever was here before the list was closed and corrects a name is not late.
  const auto before = rows_.find(seat);
  if (before != rows_.end() && before->second.presence == row.presence)
    row.late = before->second.late;
  if (before != rows_.end() && before->second == row) return {};
  return {event(actor, "roll_call.answered", data_of(row))};
}

/// The list as it goes into the minutes: fixed in the log, whatever comes later.
Events RollCall::closed(const Actor& actor) const {
  boost::json::array list;
  for (const auto& seat : expected_) {
    const auto row = rows_.find(seat);
    AttendanceRow none;
    none.seat = seat;
    list.push_back(data_of(row == rows_.end() ? none : row->second));
  }
  // 64 KiB is the log's bound for one entry: the list goes in parts.
  Events events;
  constexpr std::size_t kPart = 60;
  for (std::size_t from = 0; from < list.size(); from += kPart) {
    boost::json::array part(
        list.begin() + static_cast<std::ptrdiff_t>(from),
        list.begin() + static_cast<std::ptrdiff_t>(std::min(from + kPart, list.size())));
    events.push_back(event(actor, "roll_call.list", {{"from", from}, {"rows", std::move(part)}}));
  }
  events.push_back(event(actor, "roll_call.closed", {{"expected", expected_.size()}}));
  return events;
}

bool RollCall::apply(const PastEvent& e) {
  if (!e.kind.starts_with("roll_call.")) return false;
  if (e.kind == "roll_call.opened") {
    state_ = State::open;
  } else if (e.kind == "roll_call.closed") {
    state_ = State::closed;
    tour_.reset();
  } else if (e.kind == "roll_call.answered") {
    AttendanceRow row;
    row.seat = e.text("seat");
    row.presence = presence_from(e.text("presence"));
    row.person = e.text("person");
    row.position = e.text("position");
    row.reason = e.text("reason");
    row.consent = e.text("consent");
    row.late = e.flag("late");
    changed_.push_back(row.seat);
    rows_[row.seat] = std::move(row);
  } else if (e.kind == "roll_call.consent") {
    const auto row = rows_.find(e.text("seat"));
    if (row != rows_.end()) {
      row->second.consent = e.flag("granted") ? kGranted : kRefused;
      changed_.push_back(row->first);
    }
  } else if (e.kind == "roll_call.tour") {
    tour_ = Tour{e.texts("seats"), std::chrono::seconds(e.number("seconds")), e.at};
  } else if (e.kind == "roll_call.tour_stopped") {
    tour_.reset();
  }
  return true;
}

std::vector<AttendanceRow> RollCall::take_changed() {
  std::sort(changed_.begin(), changed_.end());
  changed_.erase(std::unique(changed_.begin(), changed_.end()), changed_.end());
  std::vector<AttendanceRow> out;
  for (const auto& seat : changed_) out.push_back(rows_.at(seat));
  changed_.clear();
  return out;
}

std::optional<std::string> RollCall::tour_seat(TimePoint now) const {
  if (!tour_ || tour_->each <= Duration::zero() || now < tour_->since) return std::nullopt;
  const auto stop = static_cast<std::size_t>((now - tour_->since) / tour_->each);
  if (stop >= tour_->seats.size()) return std::nullopt;
  return tour_->seats[stop];
}

signaling::RollCallView RollCall::view(TimePoint now) const {
  signaling::RollCallView view;
  view.state = state_ == State::none ? "none" : state_ == State::open ? "open" : "closed";
  if (const auto seat = tour_seat(now)) {
    const auto stop = (now - tour_->since) / tour_->each;
    const auto left = tour_->since + (stop + 1) * tour_->each - now;
    view.tour = {*seat, std::chrono::duration_cast<std::chrono::milliseconds>(left).count(),
                 static_cast<int>(stop), static_cast<int>(tour_->seats.size())};
  }
  return view;
}

}  // namespace diemcau::mcu
