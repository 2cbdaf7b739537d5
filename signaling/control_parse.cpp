#include <array>

#include "signaling/message_reader.hpp"
#include "signaling/message_types.hpp"

namespace diemcau::signaling {
namespace {

// Bytes of UTF-8. 60 rows of the roll call with these fit the event log's bound for one entry.
constexpr std::size_t kMaxPerson = 120, kMaxPosition = 160, kMaxReason = 300;
constexpr int kMaxFloor = 4 * 3600, kMaxStop = 120, kMaxItem = 200;
constexpr std::size_t kMaxQueue = 300;

constexpr std::array<std::string_view, 7> kFloor{"request", "withdraw", "call",   "end",
                                                 "extend",  "decline",  "reorder"};
constexpr std::array<std::string_view, 7> kRollCall{"open", "answer",    "mark", "consent",
                                                    "tour", "stop_tour", "close"};
constexpr std::array<std::string_view, 10> kRoom{
    "admit",   "admit_expected", "lock",       "unlock",   "remove",
    "restore", "mute_all",       "unmute_all", "delegate", "withdraw"};

constexpr std::array<std::string_view, 4> kVote{"open", "cast", "close", "announce"};
constexpr std::array<std::string_view, 2> kAgenda{"next", "go"};
constexpr std::array<std::string_view, 2> kVoters{"site", "delegate"};
constexpr int kMostDelegates = 1000;
constexpr std::size_t kMaxQuestion = 900, kMaxOpinion = 600;

template <class Verb, std::size_t N>
std::optional<Verb> verb_from(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == name) return static_cast<Verb>(i);
  return std::nullopt;
}

FloorCommand read_floor(FloorVerb verb, MessageReader& in) {
  FloorCommand m;
  m.id = in.id();
  m.verb = verb;
  switch (verb) {
    case FloorVerb::call:
      m.seat = in.text("seat", kMaxSeat);
      m.seconds = in.number_or("seconds", 1, kMaxFloor, 0);
      break;
    case FloorVerb::decline:
      m.seat = in.text("seat", kMaxSeat);
      break;
    case FloorVerb::extend:
      m.seconds = in.number("seconds", 1, kMaxFloor);
      break;
    case FloorVerb::reorder:
      m.seats = in.seats("seats", kMaxQueue);
      break;
    case FloorVerb::request:
    case FloorVerb::withdraw:
    case FloorVerb::end:
      break;
  }
  return m;
}

RollCallCommand read_roll_call(RollCallVerb verb, MessageReader& in) {
  RollCallCommand m;
  m.id = in.id();
  m.verb = verb;
  if (verb == RollCallVerb::mark || verb == RollCallVerb::consent)
    m.seat = in.text("seat", kMaxSeat);
  if (verb == RollCallVerb::answer || verb == RollCallVerb::mark) {
    m.presence = static_cast<Presence>(in.one_of("presence", kPresences));
    m.person = in.line("person", kMaxPerson);
    m.position = in.line("position", kMaxPosition);
    m.reason = in.line("reason", kMaxReason);
  }
  if (verb == RollCallVerb::consent) m.granted = in.flag("granted");
  if (verb == RollCallVerb::tour) m.seconds = in.number("seconds", 1, kMaxStop);
  return m;
}

RoomCommand read_room(RoomVerb verb, MessageReader& in) {
  RoomCommand m;
  m.id = in.id();
  m.verb = verb;
  switch (verb) {
    case RoomVerb::remove:
      m.reason = in.line("reason", kMaxReason);
      [[fallthrough]];
    case RoomVerb::admit:
    case RoomVerb::restore:
    case RoomVerb::delegate:
    case RoomVerb::withdraw:
      m.seat = in.text("seat", kMaxSeat);
      break;
    default:
      break;
  }
  return m;
}

VoteCommand read_vote(VoteVerb verb, MessageReader& in) {
  VoteCommand m;
  m.id = in.id();
  m.verb = verb;
  if (verb == VoteVerb::open) {
    m.question = in.line("question", kMaxQuestion);
    if (m.question.empty()) in.fail("question");
    m.secret = in.flag("secret");
    m.by_delegate = in.one_of("by", kVoters) == 1;
    m.quorum = in.number("quorum", 0, 100);
  } else if (verb == VoteVerb::cast) {
    m.ballot.agree = in.number("agree", 0, kMostDelegates);
    m.ballot.disagree = in.number("disagree", 0, kMostDelegates);
    m.ballot.other = in.number("other", 0, kMostDelegates);
    m.opinion = in.line("opinion", kMaxOpinion);
  }
  return m;
}

}  // namespace

std::optional<ClientMessage> read_control(std::string_view type, MessageReader& in) {
  const auto dot = type.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto family = type.substr(0, dot), name = type.substr(dot + 1);
  if (family == "floor") {
    if (const auto verb = verb_from<FloorVerb>(kFloor, name)) return read_floor(*verb, in);
  } else if (family == "roll_call") {
    if (const auto verb = verb_from<RollCallVerb>(kRollCall, name))
      return read_roll_call(*verb, in);
  } else if (family == "room") {
    if (const auto verb = verb_from<RoomVerb>(kRoom, name)) return read_room(*verb, in);
  } else if (family == "vote") {
    if (const auto verb = verb_from<VoteVerb>(kVote, name)) return read_vote(*verb, in);
  } else if (family == "agenda" && std::ranges::find(kAgenda, name) != kAgenda.end()) {
    AgendaCommand m;
    m.id = in.id();
    if (name == "go") m.item = in.number("item", 1, kMaxItem);
    return m;
  }
  return std::nullopt;
}

std::vector<std::string> control_message_types() {
  std::vector<std::string> types;
  const auto add = [&types](std::string_view family, const auto& verbs) {
    for (const auto verb : verbs) types.push_back(std::string(family) + "." + std::string(verb));
  };
  add("floor", kFloor);
  add("roll_call", kRollCall);
  add("agenda", kAgenda);
  add("room", kRoom);
  add("vote", kVote);
  return types;
}

}  // namespace diemcau::signaling
