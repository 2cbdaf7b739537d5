#pragma once
// Help from far away for the room of a site: a tone from its loudspeaker, another check, words on
// its screen. Who may send it, how often and how much. Pure. Lives on the conference's strand.

#include <string>

#include "base/clock.hpp"
#include "base/events/event_log.hpp"
#include "base/result.hpp"
#include "mcu/conference/control/room_types.hpp"
#include "mcu/conference/words.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {

class SiteHelp {
 public:
  static constexpr std::size_t kMostCharacters = 300;            // read from the last row
  static constexpr double kAtOnce = 6, kPerSecond = 0.2;         // at one seat, whoever sends
  static constexpr double kSentAtOnce = 20, kSentPerSecond = 1;  // by one seat, to all

  struct Sent {
    NewEvent event;    // help.sent {"seat","kind","text"?}
    std::string text;  // as it is shown
  };
  /// `facts.connected`: whether a page of that seat is open. Errors: auth.forbidden,
  /// seat.not_found, site.not_connected, text.empty, help.too_long, text.bad_character
  /// (invalid_argument), help.too_often (busy).
  Result<Sent> decide(const signaling::SendHelp& help, const Actor& actor, const SeatFacts& facts,
                      TimePoint now);

 private:
  SeatRates at_{kAtOnce, kPerSecond}, by_{kSentAtOnce, kSentPerSecond};
};

}  // namespace diemcau::mcu
