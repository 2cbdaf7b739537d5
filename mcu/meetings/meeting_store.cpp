#include "mcu/meetings/meeting_store.hpp"

#include <algorithm>
#include <array>

#include <soci/soci.h>
#include <sodium.h>

#include "base/storage/wall_time.hpp"
#include "base/units/text_folding.hpp"

namespace diemcau::mcu {
namespace {

constexpr std::array<std::string_view, 3> kStates{"draft", "open", "closed"};
constexpr std::size_t kMaxTitle = 300;
constexpr std::size_t kMaxKind = 100;
constexpr std::size_t kMaxSelector = 16 * 1024;
constexpr std::size_t kIdLength = 10;

constexpr std::string_view kColumns =
    "SELECT id, title, kind, chair, state, catalogue, expect, created_at, starts_at, opened_at,"
    " closed_at FROM meetings ";

std::string random_meeting_id() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot start");
  constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";  // RFC 4648, lower case
  std::string id(kIdLength, ' ');
  for (char& c : id) c = kBase32[randombytes_uniform(32)];
  return id;
}

bool is_text(std::string_view text, std::size_t max) {
  return text.size() <= max && is_nfc(text) && std::ranges::none_of(text, [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

Error not_found() {
  return make_error(Errc::not_found, "meeting.not_found", "there is no such meeting");
}

// Moments that have not come are 0: no meeting took place in 1970.
long long stored(const std::optional<WallTime>& moment) {
  return moment ? to_microseconds(*moment) : 0;
}
std::optional<WallTime> moment(long long value) {
  if (value == 0) return std::nullopt;
  return from_microseconds(value);
}

std::vector<Meeting> select(soci::session& session, const std::string& rest,
                            const std::vector<std::string>& values) {
  Meeting row;
  std::string state;
  long long created = 0, starts = 0, opened = 0, closed = 0;
  soci::statement rows(session);
  rows.exchange(soci::into(row.id.value));
  rows.exchange(soci::into(row.title));
  rows.exchange(soci::into(row.kind));
  rows.exchange(soci::into(row.chair.value));
  rows.exchange(soci::into(state));
  rows.exchange(soci::into(row.catalogue));
  rows.exchange(soci::into(row.expect));
  rows.exchange(soci::into(created));
  rows.exchange(soci::into(starts));
  rows.exchange(soci::into(opened));
  rows.exchange(soci::into(closed));
  for (const std::string& value : values) rows.exchange(soci::use(value));
  rows.alloc();
  rows.prepare(std::string(kColumns) + rest);
  rows.define_and_bind();
  std::vector<Meeting> out;
  rows.execute();
  while (rows.fetch()) {
    row.state = meeting_state_from(state).value_or(MeetingState::closed);
    row.created_at = from_microseconds(created);
    row.starts_at = moment(starts);
    row.opened_at = moment(opened);
    row.closed_at = moment(closed);
    out.push_back(row);
  }
  return out;
}

std::optional<Meeting> select_one(soci::session& session, const MeetingId& id) {
  auto rows = select(session, "WHERE id = :id", {id.value});
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

}  // namespace

std::string_view name_of(MeetingState state) {
  return kStates[static_cast<std::size_t>(state)];
}

std::optional<MeetingState> meeting_state_from(std::string_view name) {
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    if (kStates[i] == name) return static_cast<MeetingState>(i);
  }
  return std::nullopt;
}

const Schema& MeetingStore::schema() {
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
         {"CREATE INDEX meeting_expected_by_unit ON meeting_expected (unit)"}}}}};
  return schema;
}

Result<Meeting> MeetingStore::create(const NewMeeting& wanted) {
  if (wanted.title.empty() || !is_text(wanted.title, kMaxTitle)) {
    return make_error(Errc::invalid_argument, "meeting.bad_title",
                      "a title is 1 to 300 bytes of UTF-8 (NFC) without control characters");
  }
  if (!is_text(wanted.kind, kMaxKind)) {
    return make_error(Errc::invalid_argument, "meeting.bad_kind",
                      "a kind is at most 100 bytes of UTF-8 (NFC) without control characters");
  }
  if (wanted.expect.size() > kMaxSelector) {
    return make_error(Errc::invalid_argument, "units.bad_selector",
                      "the list of units is too long");
  }
  const WallTime now = clock_.wall();
  auto tree = units_.at(vietnam_date(wanted.starts_at.value_or(now)));
  if (!tree) return tree.error();
  Meeting meeting;
  meeting.chair = wanted.chair.empty() ? (*tree)->root().code : wanted.chair;
  if ((*tree)->find(meeting.chair) == nullptr) {
    return make_error(
        Errc::invalid_argument, "units.unknown",
        "no unit " + meeting.chair.value.substr(0, 40) + " in catalogue " + (*tree)->catalogue());
  }
  auto expected = (*tree)->select(wanted.expect);
  if (!expected) return expected.error();

  meeting.title = wanted.title;
  meeting.kind = wanted.kind;
  meeting.state = wanted.open ? MeetingState::open : MeetingState::draft;
  meeting.catalogue = (*tree)->catalogue();
  meeting.expect = wanted.expect;
  meeting.created_at = now;
  meeting.starts_at = wanted.starts_at;
  if (wanted.open) meeting.opened_at = now;

  auto inserted = database_.transact([&](soci::session& session) {
    meeting.id = MeetingId(random_meeting_id());
    const std::string state(name_of(meeting.state));
    const long long created = to_microseconds(now), starts = stored(meeting.starts_at),
                    opened = stored(meeting.opened_at);
    session << "INSERT INTO meetings (id, title, kind, chair, state, catalogue, expect, created_at,"
               " starts_at, opened_at, closed_at) VALUES (:id, :title, :kind, :chair, :state,"
               " :catalogue, :expect, :created, :starts, :opened, 0)",
        soci::use(meeting.id.value), soci::use(meeting.title), soci::use(meeting.kind),
        soci::use(meeting.chair.value), soci::use(state), soci::use(meeting.catalogue),
        soci::use(meeting.expect), soci::use(created), soci::use(starts), soci::use(opened);
    std::string unit;
    long long position = 0;
    soci::statement insert =
        (session.prepare << "INSERT INTO meeting_expected (meeting_id, unit, position)"
                            " VALUES (:id, :unit, :position)",
         soci::use(meeting.id.value), soci::use(unit), soci::use(position));
    for (const UnitCode& code : *expected) {
      unit = code.value;
      insert.execute(true);
      ++position;
    }
  });
  if (!inserted) return inserted.error();
  return meeting;
}

Result<Meeting> MeetingStore::find(const MeetingId& id) const {
  return database_.run([&](soci::session& session) -> Result<Meeting> {
    auto meeting = select_one(session, id);
    if (!meeting) return not_found();
    return std::move(*meeting);
  });
}

Result<std::vector<Meeting>> MeetingStore::list(const MeetingFilter& filter) const {
  std::string where;
  std::vector<std::string> values;
  auto add = [&](const std::string& condition) {
    where += (where.empty() ? "WHERE " : " AND ") + condition;
  };
  if (filter.state) {
    add("state = :state");
    values.emplace_back(name_of(*filter.state));
  }
  if (!filter.units.empty()) {
    for (int twice = 0; twice < 2; ++twice) {
      for (const UnitCode& unit : filter.units) values.push_back(unit.value);
    }
    auto names = [&](char prefix) {
      std::string out;
      for (std::size_t i = 0; i < filter.units.size(); ++i) {
        out += (i == 0 ? ":" : ", :") + std::string(1, prefix) + std::to_string(i);
      }
      return out;
    };
    add("(chair IN (" + names('c') +
        ") OR id IN (SELECT meeting_id FROM meeting_expected"
        " WHERE unit IN (" +
        names('u') + ")))");
  }
  const std::size_t limit = std::clamp<std::size_t>(filter.limit, 1, 1000);
  return database_.run([&](soci::session& session) {
    return select(session, where + " ORDER BY created_at DESC, id LIMIT " + std::to_string(limit),
                  values);
  });
}

Result<std::vector<UnitCode>> MeetingStore::expected(const MeetingId& id) const {
  return database_.run([&](soci::session& session) -> Result<std::vector<UnitCode>> {
    if (!select_one(session, id)) return not_found();
    std::string unit;
    soci::statement rows =
        (session.prepare
             << "SELECT unit FROM meeting_expected WHERE meeting_id = :id ORDER BY position",
         soci::use(id.value), soci::into(unit));
    std::vector<UnitCode> out;
    rows.execute();
    while (rows.fetch()) out.emplace_back(unit);
    return out;
  });
}

Result<Meeting> MeetingStore::open(const MeetingId& id) {
  return change(id, MeetingState::open);
}
Result<Meeting> MeetingStore::close(const MeetingId& id) {
  return change(id, MeetingState::closed);
}

Result<Meeting> MeetingStore::change(const MeetingId& id, MeetingState to) {
  return database_.transact([&](soci::session& session) -> Result<Meeting> {
    auto meeting = select_one(session, id);
    if (!meeting) return not_found();
    if (meeting->state == to) return std::move(*meeting);
    if (meeting->state == MeetingState::closed) {
      return make_error(Errc::conflict, "meeting.closed", "the meeting is over");
    }
    meeting->state = to;
    (to == MeetingState::open ? meeting->opened_at : meeting->closed_at) = clock_.wall();
    const std::string state(name_of(to));
    const long long opened = stored(meeting->opened_at), closed = stored(meeting->closed_at);
    session << "UPDATE meetings SET state = :state, opened_at = :opened, closed_at = :closed"
               " WHERE id = :id AND state <> 'closed'",
        soci::use(state), soci::use(opened), soci::use(closed), soci::use(id.value);
    return std::move(*meeting);
  });
}

}  // namespace diemcau::mcu
