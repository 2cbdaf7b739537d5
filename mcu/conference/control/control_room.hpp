#pragma once
// The control room of one meeting: its state is a fold of the meeting's event log and nothing else,
// so a restart finds floor, timer, mutes and stage as they were. A command becomes events or an
// error (`decide`), the events are written to disk, then applied: what a page is told of is never
// lost. Knows rules, no media and no page. Lives on the conference's strand.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mcu/conference/control/admission.hpp"
#include "mcu/conference/control/agenda.hpp"
#include "mcu/conference/control/command.hpp"
#include "mcu/conference/control/floor.hpp"
#include "mcu/conference/control/microphones.hpp"
#include "mcu/conference/control/roll_call.hpp"
#include "mcu/conference/control/votes.hpp"
#include "mcu/conference/layout_policy.hpp"

namespace diemcau::mcu {

/// What was planned of the meeting before it began.
struct RoomPlan {
  std::string life = "open";
  std::vector<std::string> expected;  // seats, in reading order
  std::vector<signaling::AgendaItemView> agenda;
  std::chrono::seconds speaking_time = std::chrono::minutes(5);
  /// The seat of a unit that is called by the agenda; empty: it has none.
  std::function<std::string(const std::string& unit)> seat_of_unit;
};

/// What who manages the meeting wants on the stage.
struct StageWish {
  Layout layout = Layout::automatic;
  std::vector<std::string> pinned;  // seats, the first is most wanted
};

class ControlRoom {
 public:
  explicit ControlRoom(RoomPlan plan);

  /// Checks the right and the state. No events: it is so already.
  Result<Events> decide(const ControlCommand& command, const Actor& actor,
                        const SeatFacts& seats) const;
  /// In the order of the log.
  void apply(const Event& event, TimePoint at);

  /// What is now so in the room.
  const Floor& floor() const noexcept { return floor_; }
  const RollCall& roll_call() const noexcept { return roll_call_; }
  const Votes& votes() const noexcept { return votes_; }
  const Agenda& agenda() const noexcept { return agenda_; }
  const Admission& admission() const noexcept { return admission_; }
  /// The plan was changed while the meeting runs.
  void replan(std::string life, std::vector<signaling::AgendaItemView> agenda);
  bool is_co_chair(const std::string& seat) const { return co_chairs_.contains(seat); }
  bool may_be_heard(const std::string& seat, bool manages) const {
    return microphones_.may_be_heard(seat, manages || is_co_chair(seat));
  }
  const StageWish& stage_wish() const noexcept { return wish_; }
  /// A wish as it comes out while the roll call's tour runs: its site first.
  StageWish with_tour(StageWish wish, TimePoint now) const;
  Layout layout(TimePoint now) const { return with_tour(wish_, now).layout; }
  std::vector<std::string> pinned(TimePoint now) const { return with_tour(wish_, now).pinned; }

  /// At the door without leave: shown to who may let them in.
  void set_waiting(const std::string& seat, bool waits);
  const std::set<std::string>& waiting() const noexcept { return waiting_; }

  /// All sections.
  signaling::ControlView view(TimePoint now) const;
  /// Those that changed since the last call; nothing: none.
  std::optional<signaling::ControlView> take_changed(TimePoint now);
  std::vector<signaling::AttendanceRow> take_attendance() { return roll_call_.take_changed(); }

 private:
  struct Decide;
  signaling::RoomView room_view() const;

  RoomPlan plan_;
  Floor floor_;
  RollCall roll_call_;
  Agenda agenda_;
  Admission admission_;
  Microphones microphones_;
  Votes votes_;
  StageWish wish_;
  std::set<std::string> co_chairs_, waiting_;
  std::optional<std::string> toured_;  // as last told
  struct {
    bool room = false, agenda = false, floor = false, roll_call = false, vote = false;
  } changed_;
};

}  // namespace diemcau::mcu
