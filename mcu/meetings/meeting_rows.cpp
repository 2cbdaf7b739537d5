#include "mcu/meetings/meeting_rows.hpp"

#include <set>

#include <soci/soci.h>

#include "base/storage/wall_time.hpp"

namespace diemcau::mcu::rows {
namespace {

constexpr std::string_view kColumns =
    "SELECT id, title, kind, chair, secretary, place, state, catalogue, expect, speaking_minutes,"
    " created_at, starts_at, ends_at, invited_at, opened_at, closed_at, revision FROM meetings ";

// Moments that have not come are 0: no meeting took place in 1970.
long long stored(const std::optional<WallTime>& moment) {
  return moment ? to_microseconds(*moment) : 0;
}
std::optional<WallTime> moment(long long value) {
  if (value == 0) return std::nullopt;
  return from_microseconds(value);
}

}  // namespace

const Schema& schema() {
  static const Schema schema{
      "meetings",
      {{1,
        "meetings and who is expected",
        {{"CREATE TABLE meetings ("
          " id TEXT PRIMARY KEY, title TEXT NOT NULL, kind TEXT NOT NULL, chair TEXT NOT NULL,"
          " state TEXT NOT NULL, catalogue TEXT NOT NULL, expect TEXT NOT NULL,"
          " created_at BIGINT NOT NULL, starts_at BIGINT NOT NULL, opened_at BIGINT NOT NULL,"
          " closed_at BIGINT NOT NULL)"},
         {"CREATE INDEX meetings_by_time ON meetings (created_at)"},
         {"CREATE TABLE meeting_expected ("
          " meeting_id TEXT NOT NULL REFERENCES meetings (id), unit TEXT NOT NULL,"
          " position BIGINT NOT NULL, PRIMARY KEY (meeting_id, unit))"},
         {"CREATE INDEX meeting_expected_by_unit ON meeting_expected (unit)"}}},
       {2,
        "the plan: secretary, place, times, agenda",
        {{"ALTER TABLE meetings ADD COLUMN secretary TEXT NOT NULL DEFAULT ''"},
         {"ALTER TABLE meetings ADD COLUMN place TEXT NOT NULL DEFAULT ''"},
         {"ALTER TABLE meetings ADD COLUMN speaking_minutes BIGINT NOT NULL DEFAULT 0"},
         {"ALTER TABLE meetings ADD COLUMN ends_at BIGINT NOT NULL DEFAULT 0"},
         {"ALTER TABLE meetings ADD COLUMN invited_at BIGINT NOT NULL DEFAULT 0"},
         {"ALTER TABLE meetings ADD COLUMN revision BIGINT NOT NULL DEFAULT 1"},
         {"ALTER TABLE meetings ADD COLUMN agenda_ids BIGINT NOT NULL DEFAULT 0"},
         {"CREATE TABLE meeting_agenda ("
          " meeting_id TEXT NOT NULL REFERENCES meetings (id), item BIGINT NOT NULL,"
          " position BIGINT NOT NULL, title TEXT NOT NULL, speaker TEXT NOT NULL,"
          " minutes BIGINT NOT NULL, speaking_minutes BIGINT NOT NULL,"
          " PRIMARY KEY (meeting_id, item))"},
         {"CREATE INDEX meetings_by_state ON meetings (state)"}}}}};
  return schema;
}

std::vector<Meeting> select(soci::session& session, const std::string& rest,
                            const std::vector<std::string>& values) {
  Meeting row;
  std::string state;
  long long speaking = 0, created = 0, starts = 0, ends = 0, invited = 0, opened = 0, closed = 0,
            revision = 0;
  soci::statement found(session);
  for (std::string* text : {&row.id.value, &row.title, &row.kind, &row.chair.value,
                            &row.secretary.value, &row.place, &state, &row.catalogue, &row.expect})
    found.exchange(soci::into(*text));
  for (long long* number :
       {&speaking, &created, &starts, &ends, &invited, &opened, &closed, &revision})
    found.exchange(soci::into(*number));
  for (const std::string& value : values) found.exchange(soci::use(value));
  found.alloc();
  found.prepare(std::string(kColumns) + rest);
  found.define_and_bind();
  std::vector<Meeting> out;
  found.execute();
  while (found.fetch()) {
    row.state = meeting_state_from(state).value_or(MeetingState::closed);
    row.speaking_minutes = static_cast<int>(speaking);
    row.created_at = from_microseconds(created);
    row.starts_at = moment(starts);
    row.ends_at = moment(ends);
    row.invited_at = moment(invited);
    row.opened_at = moment(opened);
    row.closed_at = moment(closed);
    row.revision = revision;
    out.push_back(row);
  }
  return out;
}

std::optional<Meeting> find(soci::session& session, const MeetingId& id) {
  auto found = select(session, "WHERE id = :id", {id.value});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

void insert(soci::session& session, const Meeting& meeting) {
  const long long created = to_microseconds(meeting.created_at), nothing = 0;
  const std::string none;
  session << "INSERT INTO meetings (id, title, kind, chair, state, catalogue, expect, created_at,"
             " starts_at, opened_at, closed_at) VALUES (:id, :none, :none2, :none3, :none4,"
             " :none5, :none6, :created, :n1, :n2, :n3)",
      soci::use(meeting.id.value), soci::use(none), soci::use(none), soci::use(none),
      soci::use(none), soci::use(none), soci::use(none), soci::use(created), soci::use(nothing),
      soci::use(nothing), soci::use(nothing);
  update(session, meeting);
}

void update(soci::session& session, const Meeting& meeting) {
  const std::string state(name_of(meeting.state));
  const long long speaking = meeting.speaking_minutes, starts = stored(meeting.starts_at),
                  ends = stored(meeting.ends_at), invited = stored(meeting.invited_at),
                  opened = stored(meeting.opened_at), closed = stored(meeting.closed_at),
                  revision = meeting.revision;
  session << "UPDATE meetings SET title = :title, kind = :kind, chair = :chair,"
             " secretary = :secretary, place = :place, state = :state, catalogue = :catalogue,"
             " expect = :expect, speaking_minutes = :speaking, starts_at = :starts,"
             " ends_at = :ends, invited_at = :invited, opened_at = :opened, closed_at = :closed,"
             " revision = :revision WHERE id = :id",
      soci::use(meeting.title), soci::use(meeting.kind), soci::use(meeting.chair.value),
      soci::use(meeting.secretary.value), soci::use(meeting.place), soci::use(state),
      soci::use(meeting.catalogue), soci::use(meeting.expect), soci::use(speaking),
      soci::use(starts), soci::use(ends), soci::use(invited), soci::use(opened), soci::use(closed),
      soci::use(revision), soci::use(meeting.id.value);
}

bool claim(soci::session& session, const MeetingId& id) {
  soci::statement taken =
      (session.prepare << "UPDATE meetings SET revision = revision WHERE id = :id",
       soci::use(id.value));
  taken.execute(true);
  return taken.get_affected_rows() == 1;
}

std::vector<UnitCode> expected(soci::session& session, const MeetingId& id) {
  std::string unit;
  soci::statement found =
      (session.prepare
           << "SELECT unit FROM meeting_expected WHERE meeting_id = :id ORDER BY position",
       soci::use(id.value), soci::into(unit));
  std::vector<UnitCode> out;
  found.execute();
  while (found.fetch()) out.emplace_back(unit);
  return out;
}

void set_expected(soci::session& session, const MeetingId& id, const std::vector<UnitCode>& units) {
  session << "DELETE FROM meeting_expected WHERE meeting_id = :id", soci::use(id.value);
  std::string unit;
  long long position = 0;
  soci::statement insert =
      (session.prepare << "INSERT INTO meeting_expected (meeting_id, unit, position)"
                          " VALUES (:id, :unit, :position)",
       soci::use(id.value), soci::use(unit), soci::use(position));
  for (const UnitCode& code : units) {
    unit = code.value;
    insert.execute(true);
    ++position;
  }
}

std::vector<AgendaItem> agenda(soci::session& session, const MeetingId& id) {
  AgendaItem item;
  long long number = 0, minutes = 0, speaking = 0;
  soci::statement found =
      (session.prepare << "SELECT item, title, speaker, minutes, speaking_minutes"
                          " FROM meeting_agenda WHERE meeting_id = :id ORDER BY position",
       soci::use(id.value), soci::into(number), soci::into(item.title),
       soci::into(item.speaker.value), soci::into(minutes), soci::into(speaking));
  std::vector<AgendaItem> out;
  found.execute();
  while (found.fetch()) {
    item.id = static_cast<int>(number);
    item.minutes = static_cast<int>(minutes);
    item.speaking_minutes = static_cast<int>(speaking);
    out.push_back(item);
  }
  return out;
}

void set_agenda(soci::session& session, const MeetingId& id, std::vector<AgendaItem>& agenda) {
  std::set<int> known;
  for (const AgendaItem& item : rows::agenda(session, id)) known.insert(item.id);
  long long given = 0;
  session << "SELECT agenda_ids FROM meetings WHERE id = :id", soci::use(id.value),
      soci::into(given);
  for (AgendaItem& item : agenda) {
    // An id that stands twice is one item and a copy of it.
    if (known.erase(item.id) == 0) item.id = static_cast<int>(++given);
  }
  session << "UPDATE meetings SET agenda_ids = :given WHERE id = :id", soci::use(given),
      soci::use(id.value);
  session << "DELETE FROM meeting_agenda WHERE meeting_id = :id", soci::use(id.value);
  long long number = 0, position = 0, minutes = 0, speaking = 0;
  std::string title, speaker;
  soci::statement insert =
      (session.prepare << "INSERT INTO meeting_agenda (meeting_id, item, position, title, speaker,"
                          " minutes, speaking_minutes) VALUES (:id, :item, :position, :title,"
                          " :speaker, :minutes, :speaking)",
       soci::use(id.value), soci::use(number), soci::use(position), soci::use(title),
       soci::use(speaker), soci::use(minutes), soci::use(speaking));
  for (const AgendaItem& item : agenda) {
    number = item.id;
    title = item.title;
    speaker = item.speaker.value;
    minutes = item.minutes;
    speaking = item.speaking_minutes;
    insert.execute(true);
    ++position;
  }
}

}  // namespace diemcau::mcu::rows
