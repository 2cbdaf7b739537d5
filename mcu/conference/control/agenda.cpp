#include "mcu/conference/control/agenda.hpp"

namespace diemcau::mcu {

int Agenda::position() const {
  for (const auto& item : items_)
    if (item.id == current_) return item.position;
  return 0;
}

const signaling::AgendaItemView* Agenda::target(const signaling::AgendaCommand& command) const {
  const int wanted = command.item > 0 ? command.item : position() + 1;
  for (const auto& item : items_)
    if (item.position == wanted) return &item;
  return nullptr;
}

Result<Events> Agenda::decide(const signaling::AgendaCommand& command, const Actor& actor) const {
  const auto* item = target(command);
  if (item == nullptr)
    return command.item > 0
               ? make_error(Errc::not_found, "agenda.no_item", "the agenda has no such item")
               : make_error(Errc::conflict, "agenda.over", "this was the agenda's last item");
  return Events{event(actor, "agenda.moved", {{"item", item->id}, {"title", item->title}})};
}

bool Agenda::apply(const PastEvent& e) {
  if (e.kind != "agenda.moved") return false;
  current_ = static_cast<int>(e.number("item"));
  return true;
}

}  // namespace diemcau::mcu
