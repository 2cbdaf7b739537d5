#include "mcu/meetings/ballot_box.hpp"

#include <soci/soci.h>

namespace diemcau::mcu {

const Schema& BallotBox::schema() {
  static const Schema schema{
      "ballots",
      {{1,
        "sums of secret votes",
        {{"CREATE TABLE ballot_sums ("
          " meeting_id TEXT NOT NULL, vote BIGINT NOT NULL, agree BIGINT NOT NULL,"
          " disagree BIGINT NOT NULL, other BIGINT NOT NULL, PRIMARY KEY (meeting_id, vote))"}}}}};
  return schema;
}

Result<void> BallotBox::cast(const MeetingId& meeting, int vote, const Sum& ballot,
                             std::span<const NewEvent> events) {
  return database_.transact([&](soci::session& session) -> Result<void> {
    const long long number = vote, agree = ballot.agree, disagree = ballot.disagree,
                    other = ballot.other;
    session << "INSERT INTO ballot_sums (meeting_id, vote, agree, disagree, other)"
               " VALUES (:meeting, :vote, :agree, :disagree, :other)"
               " ON CONFLICT (meeting_id, vote) DO UPDATE SET"
               " agree = ballot_sums.agree + excluded.agree,"
               " disagree = ballot_sums.disagree + excluded.disagree,"
               " other = ballot_sums.other + excluded.other",
        soci::use(meeting.value), soci::use(number), soci::use(agree), soci::use(disagree),
        soci::use(other);
    auto written = EventLog::append_within(session, meeting, events, clock_.wall());
    if (!written) return written.error();
    return {};
  });
}

Result<BallotBox::Sum> BallotBox::count(const MeetingId& meeting, int vote) {
  return database_.run([&](soci::session& session) {
    if (database_.dialect() == Dialect::sqlite) session << "PRAGMA wal_checkpoint(TRUNCATE)";
    long long agree = 0, disagree = 0, other = 0;
    const long long number = vote;
    session << "SELECT agree, disagree, other FROM ballot_sums"
               " WHERE meeting_id = :meeting AND vote = :vote",
        soci::use(meeting.value), soci::use(number), soci::into(agree), soci::into(disagree),
        soci::into(other);
    return Sum{agree, disagree, other};
  });
}

}  // namespace diemcau::mcu
