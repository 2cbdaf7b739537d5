#include "mcu/api/plan_body.hpp"

#include <charconv>

#include <boost/json/array.hpp>

namespace diemcau::mcu {
namespace {

namespace json = boost::json;

// What is too long for its meaning is the store's to refuse, in its own words.
constexpr std::size_t kLongText = 64 * 1024;
constexpr std::size_t kCode = 64;
constexpr std::int64_t kManyMinutes = 1'000'000;

Error bad_body(const std::string& detail) {
  return make_error(Errc::invalid_argument, "request.bad_body", detail);
}

const json::value* field(const json::object& body, std::string_view name) {
  return body.if_contains({name.data(), name.size()});
}

/// Null reads as empty.
Result<void> read_text(const json::object& body, std::string_view name, std::size_t limit,
                       std::optional<std::string>& into) {
  if (field(body, name) == nullptr) return {};
  auto text = optional_text(body, name, limit);
  if (!text) return text.error();
  into = text->value_or("");
  return {};
}

Result<void> read_unit(const json::object& body, std::string_view name,
                       std::optional<UnitCode>& into) {
  std::optional<std::string> text;
  if (auto done = read_text(body, name, kCode, text); !done) return done;
  if (text) into = UnitCode(std::move(*text));
  return {};
}

Result<void> read_number(const json::object& body, std::string_view name,
                         std::optional<std::int64_t>& into) {
  const auto* value = field(body, name);
  if (value == nullptr) return {};
  into = 0;
  if (value->is_null()) return {};
  const auto* number = value->if_int64();
  if (number == nullptr || *number < -kManyMinutes || *number > kManyMinutes)
    return bad_body("field " + std::string(name) + " is not a whole number");
  into = *number;
  return {};
}

Result<void> read_moment(const json::object& body, std::string_view name, std::string_view code,
                         std::optional<std::optional<WallTime>>& into) {
  std::optional<std::string> text;
  if (auto done = read_text(body, name, kCode, text); !done) return done;
  if (!text) return {};
  into.emplace();
  if (text->empty()) return {};
  *into = parse_rfc3339(*text);
  if (!*into)
    return make_error(Errc::invalid_argument, code,
                      "field " + std::string(name) + " is not an RFC 3339 moment");
  return {};
}

Result<AgendaItem> read_item(const json::value& value) {
  const auto* body = value.if_object();
  if (body == nullptr) return bad_body("an agenda item is not an object");
  AgendaItem item;
  std::optional<std::string> title;
  std::optional<UnitCode> speaker;
  std::optional<std::int64_t> id, minutes, speaking;
  for (const auto& done :
       {read_text(*body, "title", kLongText, title), read_unit(*body, "speaker", speaker),
        read_number(*body, "id", id), read_number(*body, "minutes", minutes),
        read_number(*body, "speaking_minutes", speaking)}) {
    if (!done) return done.error();
  }
  item.title = title.value_or("");
  item.speaker = speaker.value_or(UnitCode());
  item.id = static_cast<int>(id.value_or(0));
  item.minutes = static_cast<int>(minutes.value_or(0));
  item.speaking_minutes = static_cast<int>(speaking.value_or(0));
  return item;
}

}  // namespace

Result<std::optional<std::vector<AgendaItem>>> read_agenda(const json::object& body,
                                                           std::string_view name) {
  std::optional<std::vector<AgendaItem>> out;
  const auto* value = field(body, name);
  if (value == nullptr) return out;
  const auto* list = value->if_array();
  if (list == nullptr) return bad_body("field " + std::string(name) + " is not a list");
  if (list->size() > 1000)
    return make_error(Errc::invalid_argument, "meeting.bad_agenda", "the agenda is too long");
  out.emplace();
  for (const json::value& each : *list) {
    auto item = read_item(each);
    if (!item) return item.error();
    out->push_back(std::move(*item));
  }
  return out;
}

Result<MeetingChange> read_plan(const json::object& body) {
  MeetingChange plan;
  std::optional<std::int64_t> speaking;
  for (const auto& done :
       {read_text(body, "title", kLongText, plan.title),
        read_text(body, "kind", kLongText, plan.kind),
        read_text(body, "place", kLongText, plan.place),
        read_text(body, "expect", kLongText, plan.expect), read_unit(body, "chair", plan.chair),
        read_unit(body, "secretary", plan.secretary),
        read_number(body, "speaking_minutes", speaking),
        read_moment(body, "starts_at", "meeting.bad_start", plan.starts_at),
        read_moment(body, "ends_at", "meeting.bad_end", plan.ends_at)}) {
    if (!done) return done.error();
  }
  if (speaking) plan.speaking_minutes = static_cast<int>(*speaking);
  auto agenda = read_agenda(body, "agenda");
  if (!agenda) return agenda.error();
  plan.agenda = std::move(*agenda);
  return plan;
}

NewMeeting new_meeting(MeetingChange plan) {
  NewMeeting out;
  out.title = plan.title.value_or("");
  out.kind = plan.kind.value_or("");
  out.place = plan.place.value_or("");
  out.expect = plan.expect.value_or("all");
  out.chair = plan.chair.value_or(UnitCode());
  out.secretary = plan.secretary.value_or(UnitCode());
  out.speaking_minutes = plan.speaking_minutes.value_or(0);
  out.starts_at = plan.starts_at.value_or(std::nullopt);
  out.ends_at = plan.ends_at.value_or(std::nullopt);
  out.agenda = plan.agenda.value_or(std::vector<AgendaItem>());
  return out;
}

Result<IfRevision> read_if_match(const signaling::HttpRequest& request) {
  const auto tag = request.headers.find("If-Match");
  if (!tag || *tag == "*") return IfRevision();
  std::int64_t revision = 0;
  const auto* const end = tag->data() + tag->size();
  const bool quoted = tag->size() > 2 && tag->front() == '"' && tag->back() == '"';
  const auto [at, failed] =
      std::from_chars(tag->data() + (quoted ? 1 : 0), end - (quoted ? 1 : 0), revision);
  if (!quoted || failed != std::errc() || at != end - 1)
    return make_error(Errc::conflict, "request.precondition", "If-Match names no revision of it");
  return IfRevision(revision);
}

}  // namespace diemcau::mcu
