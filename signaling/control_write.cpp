#include "signaling/control_write.hpp"

namespace diemcau::signaling {
namespace {

namespace json = boost::json;

json::array names(const std::vector<std::string>& texts) {
  json::array out;
  for (const auto& text : texts) out.push_back(json::string(text));
  return out;
}

json::object of(const RoomView& room) {
  json::object out{{"state", room.state}, {"locked", room.locked}, {"all_muted", room.all_muted}};
  out["co_chairs"] = names(room.co_chairs);
  out["waiting"] = names(room.waiting);
  out["removed"] = names(room.removed);
  return out;
}

json::object of(const AgendaView& agenda) {
  json::array items;
  for (const auto& item : agenda.items)
    items.push_back(json::object{{"id", item.id},
                                 {"position", item.position},
                                 {"title", item.title},
                                 {"speaker", item.speaker},
                                 {"minutes", item.minutes},
                                 {"speaking_minutes", item.speaking_minutes}});
  return {{"items", std::move(items)}, {"current", agenda.current}};
}

json::object of(const FloorView& floor) {
  json::array queue;
  for (const auto& waiting : floor.queue)
    queue.push_back(json::object{{"seat", waiting.seat}, {"waited", waiting.waited}});
  json::value holder = nullptr;
  if (floor.holder)
    holder = json::object{{"seat", floor.holder->seat},
                          {"elapsed", floor.holder->elapsed},
                          {"allotted", floor.holder->allotted}};
  return {{"holder", std::move(holder)}, {"queue", std::move(queue)}};
}

json::object of(const RollCallView& roll_call) {
  json::value tour = nullptr;
  if (roll_call.tour)
    tour = json::object{{"seat", roll_call.tour->seat},
                        {"left", roll_call.tour->left},
                        {"done", roll_call.tour->done},
                        {"of", roll_call.tour->of}};
  return {{"state", roll_call.state}, {"tour", std::move(tour)}};
}

json::object of(const Ballot& ballot) {
  return {{"agree", ballot.agree}, {"disagree", ballot.disagree}, {"other", ballot.other}};
}

json::object of(const VoteView& vote) {
  json::array ballots;
  for (const auto& named : vote.ballots) {
    auto one = of(named.ballot);
    one["seat"] = named.seat;
    one["opinion"] = named.opinion;
    ballots.push_back(std::move(one));
  }
  json::object out{{"number", vote.number},   {"question", vote.question},
                   {"state", vote.state},     {"secret", vote.secret},
                   {"quorum", vote.quorum},   {"eligible", vote.eligible},
                   {"quorate", vote.quorate}, {"by", vote.by_delegate ? "delegate" : "site"}};
  out["voted"] = names(vote.voted);
  out["result"] = vote.result ? json::value(of(*vote.result)) : json::value(nullptr);
  out["ballots"] = std::move(ballots);
  return out;
}

}  // namespace

json::object json_of(const ControlView& view) {
  json::object out;
  if (view.room) out["room"] = of(*view.room);
  if (view.agenda) out["agenda"] = of(*view.agenda);
  if (view.floor) out["floor"] = of(*view.floor);
  if (view.roll_call) out["roll_call"] = of(*view.roll_call);
  if (view.vote) out["vote"] = of(*view.vote);
  return out;
}

json::array json_of(const std::vector<AttendanceRow>& rows) {
  json::array out;
  out.reserve(rows.size());
  for (const auto& row : rows) {
    const auto presence = kPresences[static_cast<std::size_t>(row.presence)];
    out.push_back(json::object{{"seat", row.seat},
                               {"presence", json::string_view(presence.data(), presence.size())},
                               {"late", row.late},
                               {"person", row.person},
                               {"position", row.position},
                               {"reason", row.reason},
                               {"consent", row.consent}});
  }
  return out;
}

}  // namespace diemcau::signaling
