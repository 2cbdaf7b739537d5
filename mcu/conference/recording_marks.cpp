#include "mcu/conference/recording_marks.hpp"

#include <optional>

#include <boost/json/parse.hpp>

namespace diemcau::mcu {
namespace {

recording::Mark mark(std::string kind, std::string text, int item, std::string unit = {}) {
  recording::Mark out;
  out.kind = std::move(kind);
  out.text = std::move(text);
  out.unit = std::move(unit);
  out.item = item;
  return out;
}

recording::Mark floor_mark(const std::string& kind, const std::string& seat,
                           const MarkContext& context) {
  auto speaker = context.speaker(seat);
  return mark(kind, std::move(speaker.name), context.item, std::move(speaker.unit));
}

std::optional<recording::Mark> mark_of(const PastEvent& e, const MarkContext& context) {
  if (e.kind == "floor.given") return floor_mark("floor", e.text("seat"), context);
  if (e.kind == "floor.ended") return floor_mark("floor_end", e.text("seat"), context);
  if (e.kind == "agenda.moved") return mark("agenda", e.text("title"), context.item);
  if (e.kind == "vote.opened") return mark("vote", context.question, context.item);
  if (e.kind == "vote.closed") return mark("vote_end", "", context.item);
  if (e.kind == "vote.announced") return mark("vote_result", context.question, context.item);
  if (e.kind == "roll_call.opened") return mark("roll_call", "", context.item);
  if (e.kind == "roll_call.closed") return mark("roll_call_end", "", context.item);
  return std::nullopt;
}

}  // namespace

std::vector<recording::Mark> marks_of(const Events& events, const MarkContext& context) {
  std::vector<recording::Mark> marks;
  for (const auto& event : events) {
    boost::system::error_code error;
    const auto value = boost::json::parse(event.data, error);
    const auto* data = error ? nullptr : value.if_object();
    if (data == nullptr) continue;
    if (auto made = mark_of({event.kind, event.actor, *data, {}}, context))
      marks.push_back(std::move(*made));
  }
  return marks;
}

std::vector<recording::Mark> marks_at_start(const signaling::ControlView& now,
                                            const MarkContext& context) {
  std::vector<recording::Mark> marks;
  if (now.agenda)
    for (const auto& item : now.agenda->items)
      if (item.position == now.agenda->current)
        marks.push_back(mark("agenda", item.title, context.item));
  if (now.roll_call && now.roll_call->state == "open")
    marks.push_back(mark("roll_call", "", context.item));
  if (now.vote && now.vote->state == "open")
    marks.push_back(mark("vote", now.vote->question, context.item));
  if (now.floor && now.floor->holder)
    marks.push_back(floor_mark("floor", now.floor->holder->seat, context));
  return marks;
}

}  // namespace diemcau::mcu
