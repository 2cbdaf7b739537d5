#include "mcu/meetings/meeting_events.hpp"

#include <boost/json.hpp>

#include "base/storage/wall_time.hpp"

namespace diemcau::mcu {
namespace {

namespace json = boost::json;

json::string_view text(std::string_view value) {
  return {value.data(), value.size()};
}

/// Milliseconds since 1970 UTC; null for a time that is not set.
json::value moment(const std::optional<WallTime>& value) {
  if (!value) return nullptr;
  return to_microseconds(*value) / 1000;
}

json::object fields(const Meeting& meeting) {
  json::object out;
  out["title"] = meeting.title;
  out["kind"] = meeting.kind;
  out["chair"] = meeting.chair.value;
  out["secretary"] = meeting.secretary.value;
  out["place"] = meeting.place;
  out["expect"] = meeting.expect;
  out["catalogue"] = meeting.catalogue;
  out["speaking_minutes"] = meeting.speaking_minutes;
  out["starts_at"] = moment(meeting.starts_at);
  out["ends_at"] = moment(meeting.ends_at);
  return out;
}

}  // namespace

NewEvent created_event(const Meeting& meeting, std::string actor) {
  json::object data = fields(meeting);
  data["state"] = text(name_of(meeting.state));
  return {std::move(actor), "meeting.created", json::serialize(data)};
}

std::optional<NewEvent> changed_event(const Meeting& before, const Meeting& after,
                                      std::string actor) {
  const json::object was = fields(before);
  json::object data;
  for (const auto& [name, value] : fields(after)) {
    if (was.at(name) != value) data[name] = value;
  }
  if (data.empty()) return std::nullopt;
  return NewEvent{std::move(actor), "meeting.changed", json::serialize(data)};
}

NewEvent agenda_event(const std::vector<AgendaItem>& agenda, std::string actor) {
  json::array items;
  for (const AgendaItem& item : agenda) {
    json::object one;
    one["id"] = item.id;
    one["title"] = item.title;
    one["speaker"] = item.speaker.value;
    one["minutes"] = item.minutes;
    one["speaking_minutes"] = item.speaking_minutes;
    items.push_back(std::move(one));
  }
  json::object data;
  data["items"] = std::move(items);
  return {std::move(actor), "meeting.agenda", json::serialize(data)};
}

NewEvent state_event(MeetingState from, MeetingState to, std::string actor) {
  json::object data;
  data["from"] = text(name_of(from));
  data["to"] = text(name_of(to));
  return {std::move(actor), "meeting.state", json::serialize(data)};
}

}  // namespace diemcau::mcu
