#include "mcu/api/meeting_view.hpp"

#include <boost/json/array.hpp>

#include "mcu/api/json_body.hpp"
#include "signaling/messages.hpp"

namespace diemcau::mcu {
namespace {

namespace json = boost::json;
using signaling::rfc3339;

json::string_view text(std::string_view value) {
  return {value.data(), value.size()};
}

json::array agenda_of(const Described::Plan& plan) {
  json::array out;
  for (std::size_t i = 0; i < plan.agenda.size(); ++i) {
    const AgendaItem& item = plan.agenda[i];
    json::object one;
    one["id"] = item.id;
    one["title"] = item.title;
    one["speaker"] = item.speaker.str();
    one["speaker_name"] = plan.speaker_names[i];
    one["minutes"] = item.minutes;
    one["speaking_minutes"] = item.speaking_minutes;
    out.push_back(std::move(one));
  }
  return out;
}

std::string_view changeable(const Described& described) {
  const auto role = described.role;
  if (role == signaling::Role::site || role == signaling::Role::viewer) return "nothing";
  if (check_change(described.meeting.state, PlanPart::frame)) return "all";
  return check_change(described.meeting.state, PlanPart::course) ? "course" : "nothing";
}

}  // namespace

Result<Described> describe(const ApiDependencies& api, const Reach& who, Meeting meeting,
                           Detail detail) {
  Described out;
  auto expected = api.meetings->expected(meeting.id);
  if (!expected) return expected.error();
  out.expected = expected->size();
  const auto tree = api.units->catalogue(meeting.catalogue);
  const auto name = [&](const UnitCode& unit) {
    if (unit.empty()) return std::string();
    return tree ? (*tree)->display_name(unit) : unit.str();
  };
  out.chair_name = name(meeting.chair);
  out.secretary_name = name(meeting.secretary);
  out.role = role_in(who, meeting);
  if (detail == Detail::whole) {
    auto agenda = api.meetings->agenda(meeting.id);
    if (!agenda) return agenda.error();
    Described::Plan plan;
    for (const AgendaItem& item : *agenda) plan.speaker_names.push_back(name(item.speaker));
    plan.agenda = std::move(*agenda);
    plan.expected = std::move(*expected);
    out.plan = std::move(plan);
  }
  out.meeting = std::move(meeting);
  return out;
}

json::object to_object(const Described& described, int connected) {
  const Meeting& meeting = described.meeting;
  json::object out;
  out["id"] = meeting.id.str();
  out["title"] = meeting.title;
  out["kind"] = meeting.kind;
  out["state"] = text(name_of(meeting.state));
  out["chair"] = meeting.chair.str();
  out["chair_name"] = described.chair_name;
  out["secretary"] = meeting.secretary.str();
  out["secretary_name"] = described.secretary_name;
  out["place"] = meeting.place;
  out["catalogue"] = meeting.catalogue;
  out["expect"] = meeting.expect;
  out["expected"] = described.expected;
  out["connected"] = connected;
  out["speaking_minutes"] = meeting.speaking_minutes;
  out["revision"] = meeting.revision;
  out["changeable"] = text(changeable(described));
  out["created_at"] = rfc3339(meeting.created_at);
  const auto moment = [&](const char* name, const std::optional<WallTime>& value) {
    if (value) out[name] = rfc3339(*value);
  };
  moment("starts_at", meeting.starts_at);
  moment("ends_at", meeting.ends_at);
  moment("invited_at", meeting.invited_at);
  moment("opened_at", meeting.opened_at);
  moment("closed_at", meeting.closed_at);
  json::array steps;
  for (const MeetingState to : steps_from(meeting.state, described.role))
    steps.push_back(text(name_of(to)));
  out["steps"] = std::move(steps);
  if (described.plan) {
    out["agenda"] = agenda_of(*described.plan);
    json::array units;
    for (const UnitCode& unit : described.plan->expected) units.push_back(json::value(unit.str()));
    out["expected_units"] = std::move(units);
  }
  return out;
}

signaling::HttpResponse meeting_reply(int status, const Described& described, int connected) {
  auto response = json_reply(status, to_object(described, connected));
  response.headers.set("ETag", "\"" + std::to_string(described.meeting.revision) + "\"");
  return response;
}

}  // namespace diemcau::mcu
