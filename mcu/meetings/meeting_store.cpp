#include "mcu/meetings/meeting_store.hpp"

#include <algorithm>

#include <soci/soci.h>
#include <sodium.h>

#include "base/events/event_log.hpp"
#include "mcu/meetings/meeting_checks.hpp"
#include "mcu/meetings/meeting_events.hpp"
#include "mcu/meetings/meeting_rows.hpp"
#include "mcu/meetings/meeting_times.hpp"

namespace diemcau::mcu {
namespace {

constexpr std::size_t kIdLength = 10;

std::string random_meeting_id() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot start");
  constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";  // RFC 4648, lower case
  std::string id(kIdLength, ' ');
  for (char& c : id) c = kBase32[randombytes_uniform(32)];
  return id;
}

Error not_found() {
  return make_error(Errc::not_found, "meeting.not_found", "there is no such meeting");
}

/// The row, taken for this transaction and checked against what the caller last saw.
Result<Meeting> take(soci::session& session, const MeetingId& id, IfRevision revision) {
  if (!rows::claim(session, id)) return not_found();
  auto meeting = rows::find(session, id);
  if (!meeting) return not_found();
  if (revision && *revision != meeting->revision) {
    return make_error(Errc::conflict, "request.precondition",
                      "the meeting was changed by somebody else meanwhile");
  }
  return std::move(*meeting);
}

Result<void> log(soci::session& session, const MeetingId& id, const std::vector<NewEvent>& events,
                 WallTime at) {
  auto written = EventLog::append_within(session, id, events, at);
  if (!written) return written.error();
  return {};
}

void apply(const MeetingChange& change, Meeting& meeting) {
  const auto put = [](const auto& from, auto& to) {
    if (from) to = *from;
  };
  put(change.title, meeting.title);
  put(change.kind, meeting.kind);
  put(change.place, meeting.place);
  put(change.expect, meeting.expect);
  put(change.chair, meeting.chair);
  put(change.secretary, meeting.secretary);
  put(change.speaking_minutes, meeting.speaking_minutes);
  put(change.starts_at, meeting.starts_at);
  put(change.ends_at, meeting.ends_at);
}

bool same_frame(const Meeting& a, const Meeting& b) {
  return a.title == b.title && a.kind == b.kind && a.expect == b.expect && a.chair == b.chair &&
         a.secretary == b.secretary && a.starts_at == b.starts_at;
}

}  // namespace

const Schema& MeetingStore::schema() {
  return rows::schema();
}

Result<Booking> MeetingStore::plan(const NewMeeting& wanted) const {
  const WallTime now = clock_.wall();
  auto tree = units_.at(vietnam_date(wanted.starts_at.value_or(now)));
  if (!tree) return tree.error();
  Booking out;
  Meeting& meeting = out.meeting;
  meeting.title = wanted.title;
  meeting.kind = wanted.kind;
  meeting.chair = wanted.chair.empty() ? (*tree)->root().code : wanted.chair;
  meeting.secretary = wanted.secretary;
  meeting.place = wanted.place;
  meeting.state = wanted.open ? MeetingState::open : MeetingState::draft;
  meeting.catalogue = (*tree)->catalogue();
  meeting.expect = wanted.expect;
  meeting.speaking_minutes = wanted.speaking_minutes;
  meeting.created_at = now;
  meeting.starts_at = wanted.starts_at;
  meeting.ends_at = wanted.ends_at;
  if (wanted.open) meeting.opened_at = now;
  if (auto fine = check_fields(meeting); !fine) return fine.error();
  if (auto fine = check_people(meeting, **tree); !fine) return fine.error();
  if (auto fine = check_agenda(wanted.agenda, **tree); !fine) return fine.error();
  auto expected = (*tree)->select(wanted.expect);
  if (!expected) return expected.error();
  out.expected = std::move(*expected);
  return out;
}

Result<Meeting> MeetingStore::create(const NewMeeting& wanted, const std::string& actor) {
  if (auto fine = check_title(wanted.title); !fine) return fine.error();
  auto planned = plan(wanted);
  if (!planned) return planned.error();
  return database_.transact([&](soci::session& session) -> Result<Meeting> {
    Meeting& meeting = planned->meeting;
    meeting.id = MeetingId(random_meeting_id());
    rows::insert(session, meeting);
    rows::set_expected(session, meeting.id, planned->expected);
    std::vector<NewEvent> events{created_event(meeting, actor)};
    if (!wanted.agenda.empty()) {
      auto agenda = wanted.agenda;
      for (AgendaItem& item : agenda) item.id = 0;
      rows::set_agenda(session, meeting.id, agenda);
      events.push_back(agenda_event(agenda, actor));
    }
    if (auto done = log(session, meeting.id, events, meeting.created_at); !done)
      return done.error();
    return meeting;
  });
}

Result<Meeting> MeetingStore::find(const MeetingId& id) const {
  return database_.run([&](soci::session& session) -> Result<Meeting> {
    auto meeting = rows::find(session, id);
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
    auto names = [&](char prefix) {
      std::string out;
      for (std::size_t i = 0; i < filter.units.size(); ++i) {
        out += (i == 0 ? ":" : ", :") + std::string(1, prefix) + std::to_string(i);
        values.push_back(filter.units[i].value);
      }
      return out;
    };
    std::string condition = "(chair IN (" + names('c') + ") OR secretary IN (" + names('s') + ")";
    condition +=
        " OR id IN (SELECT meeting_id FROM meeting_expected WHERE unit IN (" + names('u') + ")))";
    add(condition);
  }
  const std::size_t limit = std::clamp<std::size_t>(filter.limit, 1, 1000);
  return database_.run([&](soci::session& session) {
    return rows::select(
        session, where + " ORDER BY created_at DESC, id LIMIT " + std::to_string(limit), values);
  });
}

Result<std::vector<UnitCode>> MeetingStore::expected(const MeetingId& id) const {
  return database_.run([&](soci::session& session) -> Result<std::vector<UnitCode>> {
    if (!rows::find(session, id)) return not_found();
    return rows::expected(session, id);
  });
}

Result<std::vector<AgendaItem>> MeetingStore::agenda(const MeetingId& id) const {
  return database_.run([&](soci::session& session) -> Result<std::vector<AgendaItem>> {
    if (!rows::find(session, id)) return not_found();
    return rows::agenda(session, id);
  });
}

Result<std::shared_ptr<const UnitTree>> MeetingStore::tree_of(const Meeting& meeting) const {
  return units_.at(vietnam_date(meeting.starts_at.value_or(meeting.created_at)));
}

Result<Meeting> MeetingStore::change(const MeetingId& id, const MeetingChange& change,
                                     const std::string& actor, IfRevision revision) {
  // Read first: a catalogue is loaded over the same database, and transactions do not nest.
  auto before = find(id);
  if (!before) return before.error();
  Meeting planned = *before;
  apply(change, planned);
  auto tree = same_frame(*before, planned) ? units_.catalogue(planned.catalogue) : tree_of(planned);
  if (!tree) return tree.error();
  return database_.transact([&](soci::session& session) -> Result<Meeting> {
    auto taken = take(session, id, revision);
    if (!taken) return taken.error();
    Meeting meeting = *taken;
    apply(change, meeting);
    const bool framed = !same_frame(*taken, meeting);
    const auto part = framed ? PlanPart::frame : PlanPart::course;
    if (auto may = check_change(taken->state, part); !may) return may.error();
    if (meeting.starts_at != planned.starts_at) {
      return make_error(Errc::conflict, "request.precondition",
                        "the meeting was changed by somebody else meanwhile");
    }
    meeting.catalogue = (*tree)->catalogue();
    if (meeting.chair.empty()) meeting.chair = (*tree)->root().code;
    if (auto fine = check_title(meeting.title); !fine) return fine.error();
    if (auto fine = check_fields(meeting); !fine) return fine.error();
    if (auto fine = check_people(meeting, **tree); !fine) return fine.error();
    if (auto fine = check_ready_for(meeting.state, meeting); !fine) return fine.error();
    auto expected = (*tree)->select(meeting.expect);
    if (!expected) return expected.error();
    const auto agenda_before = rows::agenda(session, id);
    auto agenda = change.agenda.value_or(agenda_before);
    if (auto fine = check_agenda(agenda, **tree); !fine) return fine.error();

    std::vector<NewEvent> events;
    if (auto event = changed_event(*taken, meeting, actor)) events.push_back(std::move(*event));
    if (agenda != agenda_before) {
      rows::set_agenda(session, id, agenda);
      events.push_back(agenda_event(agenda, actor));
    }
    if (events.empty()) return meeting;
    ++meeting.revision;
    rows::update(session, meeting);
    if (framed) rows::set_expected(session, id, *expected);
    if (auto done = log(session, id, events, clock_.wall()); !done) return done.error();
    return meeting;
  });
}

Result<Meeting> MeetingStore::set_agenda(const MeetingId& id, std::vector<AgendaItem> agenda,
                                         const std::string& actor, IfRevision revision) {
  MeetingChange only;
  only.agenda = std::move(agenda);
  return change(id, only, actor, revision);
}

Result<Meeting> MeetingStore::set_state(const MeetingId& id, MeetingState to, const Doer& by,
                                        IfRevision revision) {
  return database_.transact([&](soci::session& session) -> Result<Meeting> {
    auto meeting = take(session, id, revision);
    if (!meeting) return meeting.error();
    const MeetingState from = meeting->state;
    if (auto may = check_step(from, to, by.role); !may) return may.error();
    if (auto fine = check_ready_for(to, *meeting); !fine) return fine.error();
    const WallTime now = clock_.wall();
    meeting->state = to;
    ++meeting->revision;
    if (from == MeetingState::draft && to == MeetingState::invited) meeting->invited_at = now;
    if (to == MeetingState::open && !meeting->opened_at) meeting->opened_at = now;
    if (to == MeetingState::closed) meeting->closed_at = now;
    rows::update(session, *meeting);
    if (auto done = log(session, id, {state_event(from, to, by.actor)}, now); !done)
      return done.error();
    return meeting;
  });
}

Result<std::vector<Booking>> MeetingStore::bookings(WallTime from, WallTime to,
                                                    const MeetingId& except) const {
  return database_.run([&](soci::session& session) {
    std::vector<Booking> out;
    for (Meeting& meeting :
         rows::select(session,
                      "WHERE state <> 'closed' AND id <> :id AND (starts_at <> 0 OR opened_at <> 0)"
                      " ORDER BY starts_at, created_at, id",
                      {except.value})) {
      const auto span = time_of(meeting);
      if (!span || span->from >= to || span->to <= from) continue;
      Booking booking;
      booking.expected = rows::expected(session, meeting.id);
      booking.meeting = std::move(meeting);
      out.push_back(std::move(booking));
    }
    return out;
  });
}

}  // namespace diemcau::mcu
