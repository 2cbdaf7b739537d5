#pragma once
// What chair, secretary and sites say of the meeting itself: floor, roll call, agenda, room.
// PROTOCOL.md, "The control room". One struct per family; its verb is the second half of `type`.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diemcau::signaling {

enum class FloorVerb : std::uint8_t { request, withdraw, call, end, extend, decline, reorder };
struct FloorCommand {
  std::int64_t id = 0;
  FloorVerb verb = FloorVerb::request;
  std::string seat;                // call, decline
  std::vector<std::string> seats;  // reorder: the whole queue in its new order
  int seconds = 0;                 // call: 0 is the meeting's own; extend
};

enum class RollCallVerb : std::uint8_t { open, answer, mark, consent, tour, stop_tour, close };
enum class Presence : std::uint8_t { unanswered, head, substitute, absent };
inline constexpr std::array<std::string_view, 4> kPresences{"unanswered", "head", "substitute",
                                                            "absent"};
struct RollCallCommand {
  std::int64_t id = 0;
  RollCallVerb verb = RollCallVerb::open;
  std::string seat;  // mark, consent
  Presence presence = Presence::unanswered;
  std::string person, position, reason;  // answer, mark; may be empty
  bool granted = false;                  // consent
  int seconds = 0;                       // tour: of each site
};

struct AgendaCommand {
  std::int64_t id = 0;
  int item = 0;  // position of the item to go to, from 1; 0: the next one
};

enum class RoomVerb : std::uint8_t {
  admit,
  admit_expected,
  lock,
  unlock,
  remove,
  restore,
  mute_all,
  unmute_all,
  delegate,
  withdraw
};
struct RoomCommand {
  std::int64_t id = 0;
  RoomVerb verb = RoomVerb::admit;
  std::string seat;    // admit, remove, restore, delegate, withdraw
  std::string reason;  // remove; may be empty
};

/// What is put to the vote is answered as the law has it: tán thành, không tán thành, ý kiến khác.
struct Ballot {
  int agree = 0, disagree = 0, other = 0;
  int sum() const { return agree + disagree + other; }
  bool operator==(const Ballot&) const = default;
};
enum class VoteVerb : std::uint8_t { open, cast, close, announce };
struct VoteCommand {
  std::int64_t id = 0;
  VoteVerb verb = VoteVerb::open;
  std::string question;              // open
  bool secret = false;               // open
  bool by_delegate = false;          // open: each site brings its delegates' votes, else one
  int quorum = 0;                    // open: percent of the expected seats that must vote
  Ballot ballot;                     // cast
  std::string opinion;               // cast, named only: the other opinion in words
  std::optional<Ballot> secret_sum;  // announce: what the ballot box holds; never from a page
};

// What the pages are told. Times are milliseconds at the moment of sending.

struct FloorView {
  struct Holder {
    std::string seat;
    std::int64_t elapsed = 0, allotted = 0;  // ms
    bool operator==(const Holder&) const = default;
  };
  struct Waiting {
    std::string seat;
    std::int64_t waited = 0;  // ms
    bool operator==(const Waiting&) const = default;
  };
  std::optional<Holder> holder;
  std::vector<Waiting> queue;
};
struct AgendaItemView {
  int id = 0;                  // stays when the agenda is edited
  int position = 0;            // from 1
  std::string title, speaker;  // speaker: a unit's code, may be empty
  int minutes = 0, speaking_minutes = 0;
  bool operator==(const AgendaItemView&) const = default;
};
struct AgendaView {
  std::vector<AgendaItemView> items;
  int current = 0;  // 0: not begun
};
struct AttendanceRow {
  std::string seat;
  Presence presence = Presence::unanswered;
  bool late = false;                     // answered after the roll call was closed
  std::string person, position, reason;  // as given
  std::string consent;                   // of a substitute: "asked", "granted", "refused"; else ""
  bool operator==(const AttendanceRow&) const = default;
};
struct RollCallView {
  struct Tour {
    std::string seat;
    std::int64_t left = 0;  // ms until the next site
    int done = 0, of = 0;
  };
  std::string state = "none";  // "none", "open", "closed"
  std::optional<Tour> tour;
};
struct RoomView {
  std::string state = "open";  // the meeting's life
  bool locked = false, all_muted = false;
  std::vector<std::string> co_chairs, waiting, removed;
};
struct VoteView {
  struct Named {
    std::string seat, opinion;
    Ballot ballot;
  };
  int number = 0;
  std::string question, state = "open";  // "open", "closed", "announced"
  bool secret = false, by_delegate = false;
  int quorum = 0, eligible = 0;
  std::vector<std::string> voted;  // seats, never with what they chose
  std::optional<Ballot> result;    // once announced
  bool quorate = false;            // once announced
  std::vector<Named> ballots;      // of a named vote, once announced
};
/// The sections that changed; in `welcome` all of them.
struct ControlView {
  std::optional<RoomView> room;
  std::optional<AgendaView> agenda;
  std::optional<FloorView> floor;
  std::optional<RollCallView> roll_call;
  std::optional<VoteView> vote;  // the last one; none before the first
};

}  // namespace diemcau::signaling
