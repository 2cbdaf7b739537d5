#pragma once
// The meetings: what is planned, open and over, who is expected and what is on the agenda. Every
// change is an event of the meeting's own log (base/events), written in the same transaction:
// meeting.created, meeting.changed, meeting.agenda, meeting.state. Any thread; blocking.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/storage/database.hpp"
#include "base/units/unit_store.hpp"
#include "mcu/meetings/meeting.hpp"

namespace diemcau::mcu {

struct MeetingFilter {
  std::optional<MeetingState> state;
  /// Only meetings that one of these units chairs, keeps the minutes of or is expected at; empty:
  /// all.
  std::vector<UnitCode> units;
  std::size_t limit = 200;  // 1 to 1000
};

/// Who does it, as the event log names him, and what he is in this meeting.
struct Doer {
  std::string actor = "system";
  signaling::Role role = signaling::Role::admin;
};

/// A change is refused (request.precondition, conflict) when the meeting is no longer at this
/// revision: somebody else changed it meanwhile. Nothing: whatever it is at.
using IfRevision = std::optional<std::int64_t>;

class MeetingStore {
 public:
  MeetingStore(Database& database, const UnitStore& units, const Clock& clock)
      : database_(database), units_(units), clock_(clock) {}
  /// Needs EventLog::schema() as well.
  static const Schema& schema();

  /// Errors: meeting.bad_title, meeting.bad_kind, meeting.bad_place, meeting.bad_end,
  /// meeting.bad_agenda, units.unknown, units.bad_selector (invalid_argument).
  Result<Meeting> create(const NewMeeting& meeting, const std::string& actor = "system");
  /// What create would make, without keeping it; it may still lack a title. Errors: the same.
  Result<Booking> plan(const NewMeeting& meeting) const;
  /// Errors: meeting.not_found.
  Result<Meeting> find(const MeetingId& id) const;
  /// Newest first.
  Result<std::vector<Meeting>> list(const MeetingFilter& filter = {}) const;
  /// In reading order of the meeting's catalogue.
  Result<std::vector<UnitCode>> expected(const MeetingId& id) const;
  /// In the order they are taken.
  Result<std::vector<AgendaItem>> agenda(const MeetingId& id) const;

  /// Errors: those of create, meeting.not_found, meeting.closed, meeting.under_way.
  Result<Meeting> change(const MeetingId& id, const MeetingChange& change, const std::string& actor,
                         IfRevision revision = {});
  /// Replaces the agenda; an item that keeps its id stays the same item. Errors: meeting.not_found,
  /// meeting.bad_agenda, units.unknown, meeting.closed.
  Result<Meeting> set_agenda(const MeetingId& id, std::vector<AgendaItem> agenda,
                             const std::string& actor, IfRevision revision = {});
  /// Errors: those of check_step (meeting_life.hpp), meeting.not_found; meeting.no_start: a letter
  /// of invitation states the time (QĐ 45/2018, Art. 10).
  Result<Meeting> set_state(const MeetingId& id, MeetingState to, const Doer& by,
                            IfRevision revision = {});

  /// Meetings not over whose planned or actual time overlaps [from, to), but `except`.
  Result<std::vector<Booking>> bookings(WallTime from, WallTime to, const MeetingId& except) const;

 private:
  Result<std::shared_ptr<const UnitTree>> tree_of(const Meeting& meeting) const;

  Database& database_;
  const UnitStore& units_;
  const Clock& clock_;
};

}  // namespace diemcau::mcu
