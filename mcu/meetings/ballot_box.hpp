#pragma once
// The ballots of secret votes, as sums only. A ballot and the fact that its seat has voted are
// written in one transaction, so that none is lost or counted twice; no row, key or moment ties the
// one to the other. Any thread; blocking.

#include <span>

#include "base/events/event_log.hpp"
#include "base/storage/database.hpp"

namespace diemcau::mcu {

class BallotBox {
 public:
  struct Sum {
    std::int64_t agree = 0, disagree = 0, other = 0;
    bool operator==(const Sum&) const = default;
  };

  BallotBox(Database& database, const Clock& clock) : database_(database), clock_(clock) {}
  static const Schema& schema();

  /// Adds to the sum and writes `events`, or neither. Errors: those of EventLog::append.
  Result<void> cast(const MeetingId& meeting, int vote, const Sum& ballot,
                    std::span<const NewEvent> events);
  /// Zero when nobody has voted. Beforehand SQLite's write-ahead log, in which ballots stand in the
  /// order they came, is emptied into the database.
  Result<Sum> count(const MeetingId& meeting, int vote);

 private:
  Database& database_;
  const Clock& clock_;
};

}  // namespace diemcau::mcu
