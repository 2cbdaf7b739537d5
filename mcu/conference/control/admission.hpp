#pragma once
// Who may come in: the lobby, the lock, and who was sent out. A fold of the log's `room.*`. Lives
// on the conference's strand.

#include <set>
#include <string>

#include "mcu/conference/control/room_types.hpp"
#include "signaling/control_messages.hpp"

namespace diemcau::mcu {

class Admission {
 public:
  enum class Answer { come_in, wait, stay_out };

  explicit Admission(std::string life = "open") : life_(std::move(life)) {}

  /// Of somebody at the door. Who manages the meeting is never kept waiting, and who has once been
  /// let in comes back by itself after a cut.
  Answer ask(const std::string& seat, bool manages) const;

  /// Errors: seat.not_found, room.own_seat. Rights were checked before.
  Result<Events> decide(const signaling::RoomCommand& command, const Actor& actor,
                        const SeatFacts& seats, const std::set<std::string>& waiting) const;
  bool apply(const PastEvent& event);
  /// The meeting's life is kept by its store.
  void set_life(std::string life) { life_ = std::move(life); }

  const std::string& life() const noexcept { return life_; }
  bool locked() const noexcept { return locked_; }
  const std::set<std::string>& removed() const noexcept { return removed_; }

 private:
  bool closed_door() const { return locked_ || life_ == "lobby"; }

  std::string life_;
  bool locked_ = false;
  std::set<std::string> admitted_, removed_;
};

}  // namespace diemcau::mcu
