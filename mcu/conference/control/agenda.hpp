#pragma once
// Where in its programme the meeting stands. A fold of the log's `agenda.*`. Lives on the
// conference's strand.

#include <string>
#include <vector>

#include "mcu/conference/control/room_types.hpp"
#include "signaling/control_messages.hpp"

namespace diemcau::mcu {

class Agenda {
 public:
  explicit Agenda(std::vector<signaling::AgendaItemView> items = {}) : items_(std::move(items)) {}

  /// Errors: agenda.no_item, agenda.over.
  Result<Events> decide(const signaling::AgendaCommand& command, const Actor& actor) const;
  bool apply(const PastEvent& event);

  /// The item a command leads to; null: none.
  const signaling::AgendaItemView* target(const signaling::AgendaCommand& command) const;
  const std::vector<signaling::AgendaItemView>& items() const noexcept { return items_; }
  /// Edited meanwhile: the item that runs is still the same.
  void set_items(std::vector<signaling::AgendaItemView> items) { items_ = std::move(items); }
  signaling::AgendaView view() const { return {items_, position()}; }

 private:
  int position() const;

  std::vector<signaling::AgendaItemView> items_;
  int current_ = 0;  // id
};

}  // namespace diemcau::mcu
