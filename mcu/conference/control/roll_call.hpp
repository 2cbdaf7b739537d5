#pragma once
// The roll call (điểm danh): what each expected seat answered, the chair's consent to substitutes
// (QĐ 45/2018/QĐ-TTg: an invited head who cannot come sends a deputy with the chair's consent), and
// the tour that shows one site after the other. A fold of the log's `roll_call.*`. Lives on the
// conference's strand.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mcu/conference/control/room_types.hpp"
#include "signaling/control_messages.hpp"

namespace diemcau::mcu {

class RollCall {
 public:
  enum class State { none, open, closed };
  static constexpr int kLongestStop = 120;  // seconds of the tour at one site

  /// `expected` in reading order: by district, then commune.
  explicit RollCall(std::vector<std::string> expected = {}) : expected_(std::move(expected)) {}

  /// Errors: roll_call.not_open, roll_call.not_expected, roll_call.no_substitute,
  /// roll_call.bad_time, seat.not_found. Rights were checked before.
  Result<Events> decide(const signaling::RollCallCommand& command, const Actor& actor,
                        const SeatFacts& seats) const;
  bool apply(const PastEvent& event);

  State state() const noexcept { return state_; }
  const std::map<std::string, signaling::AttendanceRow>& rows() const noexcept { return rows_; }
  /// Rows that became another since the last call.
  std::vector<signaling::AttendanceRow> take_changed();
  /// The seat the tour shows now.
  std::optional<std::string> tour_seat(TimePoint now) const;
  signaling::RollCallView view(TimePoint now) const;

 private:
  struct Tour {
    std::vector<std::string> seats;
    Duration each;
    TimePoint since;
  };
  Events answered(const Actor& actor, const std::string& seat,
                  const signaling::RollCallCommand& command) const;
  Events closed(const Actor& actor) const;

  std::vector<std::string> expected_;
  State state_ = State::none;
  std::map<std::string, signaling::AttendanceRow> rows_;
  std::vector<std::string> changed_;
  std::optional<Tour> tour_;
};

}  // namespace diemcau::mcu
