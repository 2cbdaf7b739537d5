#include "base/events/event_log.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <soci/soci.h>

#include "base/storage/wall_time.hpp"

namespace diemcau {
namespace {

constexpr std::size_t kMaxKind = 64;
constexpr std::size_t kMaxActor = 200;
constexpr std::size_t kMaxData = 64 * 1024;
constexpr std::size_t kMaxBatch = 1000;

bool is_kind(std::string_view kind) {
  if (kind.empty() || kind.size() > kMaxKind || kind.front() == '.' || kind.back() == '.')
    return false;
  return std::ranges::all_of(kind, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
  });
}

bool is_json_object(std::string_view text) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(text, error);
  return !error && value.is_object();
}

Result<void> check(const NewEvent& event) {
  if (!is_kind(event.kind) || event.actor.empty() || event.actor.size() > kMaxActor) {
    return make_error(Errc::invalid_argument, "event.bad_kind",
                      "an event has an actor and a dotted lower-case kind");
  }
  if (event.data.size() > kMaxData || (!event.data.empty() && !is_json_object(event.data))) {
    return make_error(Errc::invalid_argument, "event.bad_data",
                      "an event's data is a JSON object of at most 64 KiB");
  }
  return {};
}

Result<void> check(const MeetingId& meeting, std::span<const NewEvent> events) {
  if (meeting.empty() || events.empty() || events.size() > kMaxBatch) {
    return make_error(Errc::invalid_argument, "event.bad_batch", "1 to 1000 events of one meeting");
  }
  for (const NewEvent& event : events) {
    if (auto fine = check(event); !fine) return fine.error();
  }
  return {};
}

/// The number of the first. The head's row is locked until the commit: numbers are given in the
/// order of commits.
std::int64_t write(soci::session& session, const MeetingId& meeting,
                   std::span<const NewEvent> events, WallTime moment) {
  const auto count = static_cast<long long>(events.size());
  long long last = 0;
  session << "INSERT INTO meeting_event_heads (meeting_id, seq) VALUES (:meeting, :count)"
             " ON CONFLICT (meeting_id)"
             " DO UPDATE SET seq = meeting_event_heads.seq + excluded.seq",
      soci::use(meeting.value), soci::use(count);
  session << "SELECT seq FROM meeting_event_heads WHERE meeting_id = :meeting",
      soci::use(meeting.value), soci::into(last);
  const long long first = last - count + 1;
  const long long at = to_microseconds(moment);
  long long seq = first;
  std::string actor, kind, data;
  soci::statement insert =
      (session.prepare << "INSERT INTO meeting_events (meeting_id, seq, at, actor, kind, data)"
                          " VALUES (:meeting, :seq, :at, :actor, :kind, :data)",
       soci::use(meeting.value), soci::use(seq), soci::use(at), soci::use(actor), soci::use(kind),
       soci::use(data));
  for (const NewEvent& event : events) {
    actor = event.actor;
    kind = event.kind;
    data = event.data.empty() ? "{}" : event.data;
    insert.execute(true);
    ++seq;
  }
  return first;
}

}  // namespace

const Schema& EventLog::schema() {
  // The log's promise is kept by the database, so that not even a mistake of ours can rewrite it.
  static const Schema schema{
      "events",
      {{1,
        "append-only meeting log",
        {{"CREATE TABLE meeting_events ("
          " meeting_id TEXT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, actor TEXT NOT NULL,"
          " kind TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (meeting_id, seq))"},
         {"CREATE TABLE meeting_event_heads (meeting_id TEXT PRIMARY KEY, seq BIGINT NOT NULL)"},
         {"CREATE TRIGGER meeting_events_no_update BEFORE UPDATE ON meeting_events"
          " BEGIN SELECT RAISE(ABORT, 'the meeting log is append-only'); END",
          Dialect::sqlite},
         {"CREATE TRIGGER meeting_events_no_delete BEFORE DELETE ON meeting_events"
          " BEGIN SELECT RAISE(ABORT, 'the meeting log is append-only'); END",
          Dialect::sqlite},
         {"CREATE FUNCTION refuse_meeting_event_change() RETURNS trigger LANGUAGE plpgsql AS"
          " $$ BEGIN RAISE EXCEPTION 'the meeting log is append-only'; END $$",
          Dialect::postgresql},
         {"CREATE TRIGGER meeting_events_no_change BEFORE UPDATE OR DELETE ON meeting_events"
          " FOR EACH ROW EXECUTE FUNCTION refuse_meeting_event_change()",
          Dialect::postgresql},
         {"CREATE TRIGGER meeting_events_no_truncate BEFORE TRUNCATE ON meeting_events"
          " FOR EACH STATEMENT EXECUTE FUNCTION refuse_meeting_event_change()",
          Dialect::postgresql}}}}};
  return schema;
}

Result<std::int64_t> EventLog::append(const MeetingId& meeting, const NewEvent& event) {
  return append(meeting, std::span(&event, 1));
}

Result<std::int64_t> EventLog::append(const MeetingId& meeting, std::span<const NewEvent> events) {
  if (auto fine = check(meeting, events); !fine) return fine.error();
  return database_.transact([&](soci::session& session) -> std::int64_t {
    return write(session, meeting, events, clock_.wall());
  });
}

Result<std::int64_t> EventLog::append_within(soci::session& session, const MeetingId& meeting,
                                             std::span<const NewEvent> events, WallTime at) {
  if (auto fine = check(meeting, events); !fine) return fine.error();
  return write(session, meeting, events, at);
}

Result<std::vector<Event>> EventLog::read(const MeetingId& meeting, std::int64_t after,
                                          std::size_t limit) const {
  return database_.run([&](soci::session& session) {
    const long long from = after;
    const auto most = static_cast<long long>(std::clamp<std::size_t>(limit, 1, 1000));
    long long seq = 0, at = 0;
    Event row;
    soci::statement rows =
        (session.prepare
             << "SELECT seq, at, actor, kind, data FROM meeting_events"
                " WHERE meeting_id = :meeting AND seq > :after ORDER BY seq LIMIT :most",
         soci::use(meeting.value), soci::use(from), soci::use(most), soci::into(seq),
         soci::into(at), soci::into(row.actor), soci::into(row.kind), soci::into(row.data));
    std::vector<Event> out;
    rows.execute();
    while (rows.fetch()) {
      row.seq = seq;
      row.at = from_microseconds(at);
      out.push_back(row);
    }
    return out;
  });
}

Result<std::int64_t> EventLog::last_seq(const MeetingId& meeting) const {
  return database_.run([&](soci::session& session) -> std::int64_t {
    long long seq = 0;
    session << "SELECT COALESCE(MAX(seq), 0) FROM meeting_events WHERE meeting_id = :meeting",
        soci::use(meeting.value), soci::into(seq);
    return seq;
  });
}

}  // namespace diemcau
