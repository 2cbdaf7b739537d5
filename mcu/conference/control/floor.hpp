#pragma once
// The floor: who has it, for how long, and who asked for it, in order. A fold of the log's
// `floor.*`. Attendees speak only when allowed and within the time (QĐ 45/2018/QĐ-TTg Art. 15); the
// chair sets the time (Art. 14). Lives on the conference's strand.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "mcu/conference/control/room_types.hpp"
#include "signaling/control_messages.hpp"

namespace diemcau::mcu {

class Floor {
 public:
  using seconds = std::chrono::seconds;
  static constexpr std::size_t kMostWaiting = 300;
  static constexpr seconds kLongest = std::chrono::hours(4);

  struct Holder {
    std::string seat;
    TimePoint since;
    seconds allotted;
  };
  struct Waiting {
    std::string seat;
    TimePoint since;
  };

  explicit Floor(seconds usual = std::chrono::minutes(5)) : usual_(usual) {}

  /// Errors: floor.not_waiting, floor.nobody, floor.already, floor.full, floor.bad_order,
  /// floor.bad_time, seat.not_found, site.not_connected. Rights were checked before.
  Result<Events> decide(const signaling::FloorCommand& command, const Actor& actor,
                        const SeatFacts& seats) const;
  /// Gives the floor without a request: what a call and the agenda lead to. The one who had it
  /// loses it.
  Events give(const std::string& seat, seconds allotted, const Actor& actor) const;
  Events end(const Actor& actor) const;
  /// True when it was one of its own.
  bool apply(const PastEvent& event);

  const std::optional<Holder>& holder() const noexcept { return holder_; }
  const std::vector<Waiting>& queue() const noexcept { return queue_; }
  seconds usual() const noexcept { return usual_; }
  signaling::FloorView view(TimePoint now) const;

 private:
  bool waits(const std::string& seat) const;
  void forget(const std::string& seat);

  seconds usual_;
  std::optional<Holder> holder_;
  std::vector<Waiting> queue_;
};

}  // namespace diemcau::mcu
