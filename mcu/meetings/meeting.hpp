#pragma once
// A meeting as it is planned and kept.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "mcu/meetings/meeting_life.hpp"

namespace diemcau::mcu {

struct AgendaItem {
  int id = 0;  // from 1, unique in its meeting and never given again; 0: to be given
  std::string title;
  UnitCode speaker;          // whose turn it is to speak; may be empty (discussion, a break)
  int minutes = 0;           // planned for the item, 0 to 1440; 0: open
  int speaking_minutes = 0;  // for one speaker, 0 to 1440; 0: the meeting's own
  bool operator==(const AgendaItem&) const = default;
};

struct Meeting {
  MeetingId id;  // ten characters of base32 (50 random bits): not to be guessed
  std::string title;
  std::string kind;  // a code of meeting_kinds.hpp or free text; may be empty
  UnitCode chair;
  UnitCode secretary;  // may be empty: the chair's own office keeps the minutes
  std::string place;   // of the main site; may be empty
  MeetingState state = MeetingState::draft;
  /// The catalogue of units in force on the meeting's own day; it keeps these names for good.
  std::string catalogue;
  std::string expect = "all";  // the selector as given
  int speaking_minutes = 0;    // the most one speaker gets (QĐ 45/2018, Art. 14); 0: not set
  WallTime created_at{};
  std::optional<WallTime> starts_at, ends_at;  // as planned
  std::optional<WallTime> invited_at, opened_at, closed_at;
  std::int64_t revision = 1;  // grows with every change of plan or state
};

struct NewMeeting {
  std::string title;  // 1 to 300 characters, one plain line (text_folding.hpp)
  std::string kind;   // at most 100
  UnitCode chair;     // empty: the root of the tree
  UnitCode secretary;
  std::string place;  // at most 300
  std::string expect = "all";
  int speaking_minutes = 0;
  std::optional<WallTime> starts_at, ends_at;
  std::vector<AgendaItem> agenda;  // ids are not read
  bool open = true;
};

/// What is set is changed; an inner nothing clears it.
struct MeetingChange {
  std::optional<std::string> title, kind, place, expect;
  std::optional<UnitCode> chair, secretary;
  std::optional<int> speaking_minutes;
  std::optional<std::optional<WallTime>> starts_at, ends_at;
  /// The whole of it; an item that keeps its id stays the same item.
  std::optional<std::vector<AgendaItem>> agenda;
};

/// A plan with the units its selector names, in reading order.
struct Booking {
  Meeting meeting;
  std::vector<UnitCode> expected;
};

}  // namespace diemcau::mcu
