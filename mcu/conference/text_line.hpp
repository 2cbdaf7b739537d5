#pragma once
// The text line between the sites and the secretariat (chair and secretary): who may write to whom,
// how often, what of it is kept at hand, and who gets to read it. Pure: a fold of the meeting's
// log. Lives on the conference's strand.

#include <deque>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/events/event_log.hpp"
#include "base/result.hpp"
#include "mcu/conference/control/room_types.hpp"
#include "mcu/conference/words.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {

class TextLine {
 public:
  static constexpr std::size_t kKept = 100;                // of a meeting, sent again on welcome
  static constexpr std::size_t kMostCharacters = 2000;     // of one text
  static constexpr double kAtOnce = 10, kPerSecond = 0.5;  // of one seat

  /// What to write to the log: text.sent {"to","name","text"}. `name`: how the writer is shown.
  /// Errors: auth.forbidden (a viewer; a site that writes to another or to all), seat.not_found,
  /// text.empty, text.too_long, text.bad_character (invalid_argument), text.too_often (busy).
  Result<NewEvent> decide(const signaling::SendText& text, const Actor& actor,
                          const std::string& name, const SeatFacts& facts, TimePoint now);
  /// Keeps a text.sent; any other event is ignored.
  void apply(const Event& event);

  /// A site reads what it wrote, what was written to it and to all; who manages the meeting reads
  /// everything; a viewer (no seat) what was written to all.
  static bool may_read(const signaling::TextTold& text, const std::string& seat, bool manages);
  /// Oldest first.
  std::vector<signaling::TextTold> kept_for(const std::string& seat, bool manages) const;
  const std::deque<signaling::TextTold>& kept() const noexcept { return kept_; }

 private:
  std::deque<signaling::TextTold> kept_;
  SeatRates rates_{kAtOnce, kPerSecond};
};

}  // namespace diemcau::mcu
