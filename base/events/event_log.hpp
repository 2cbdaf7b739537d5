#pragma once
// The append-only log of one meeting: everything said in the control room. Attendance, floor,
// votes, chapters and minutes are read from it. The database itself refuses to change or remove an
// entry. Any thread; blocking.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/storage/database.hpp"

namespace soci {
class session;
}

namespace diemcau {

struct NewEvent {
  /// Who did it: a seat ("HD-10507/site"), an account ("account:…") or "system".
  std::string actor;
  /// Dotted, lower case: "participant.joined", "stage.changed", "recording.started".
  std::string kind;
  /// A JSON object as text, at most 64 KiB; empty means "{}".
  std::string data;
};

struct Event {
  std::int64_t seq = 0;  // 1, 2, 3 … in this meeting, without gaps
  WallTime at{};
  std::string actor;
  std::string kind;
  std::string data;
};

class EventLog {
 public:
  EventLog(Database& database, const Clock& clock) : database_(database), clock_(clock) {}
  static const Schema& schema();

  /// Returns when the entry is on disk, with its number. Entries of one meeting are numbered in the
  /// order in which their appends were carried out, whatever program or thread makes them.
  /// Errors: event.bad_kind, event.bad_data (invalid_argument), and the database's.
  Result<std::int64_t> append(const MeetingId& meeting, const NewEvent& event);
  /// All or none, with one wait for the disk; the number of the first.
  Result<std::int64_t> append(const MeetingId& meeting, std::span<const NewEvent> events);

  /// The same inside somebody's own writing transaction, so that a change and its entry are on disk
  /// together or not at all. Throws what SOCI throws.
  static Result<std::int64_t> append_within(soci::session& session, const MeetingId& meeting,
                                            std::span<const NewEvent> events, WallTime at);

  /// Entries with seq > `after`, in order, at most `limit` (1 to 1000).
  Result<std::vector<Event>> read(const MeetingId& meeting, std::int64_t after = 0,
                                  std::size_t limit = 1000) const;
  /// 0 when there is none.
  Result<std::int64_t> last_seq(const MeetingId& meeting) const;

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace diemcau
