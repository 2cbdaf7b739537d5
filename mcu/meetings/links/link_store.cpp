#include "mcu/meetings/links/link_store.hpp"

#include <boost/json.hpp>
#include <soci/soci.h>

#include "base/events/event_log.hpp"
#include "base/storage/wall_time.hpp"
#include "mcu/meetings/links/pin.hpp"
#include "mcu/meetings/meeting_times.hpp"
#include "signaling/auth/secret.hpp"

namespace diemcau::mcu {

struct LinkStore::Row {
  SeatLink link;
  std::string pin_hash, token;
};

using Row = LinkStore::Row;

namespace {

namespace json = boost::json;

constexpr int kMostChecking = 4;
constexpr auto kGrace = std::chrono::hours(24);

Error unknown() {
  return make_error(Errc::not_found, "link.unknown",
                    "the link was replaced or revoked, or its meeting is over");
}

/// `condition` is one of ours; `values` are bound in the order they stand in it.
std::vector<Row> select(soci::session& session, const std::string& condition,
                        const std::vector<std::string>& values) {
  Row row;
  long long made = 0, opened = 0, wrong = 0;
  soci::statement rows(session);
  rows.exchange(soci::into(row.link.meeting.value));
  rows.exchange(soci::into(row.link.unit.value));
  rows.exchange(soci::into(row.link.name));
  rows.exchange(soci::into(row.pin_hash));
  rows.exchange(soci::into(row.token));
  rows.exchange(soci::into(made));
  rows.exchange(soci::into(opened));
  rows.exchange(soci::into(wrong));
  for (const std::string& value : values) rows.exchange(soci::use(value));
  rows.alloc();
  rows.prepare(
      "SELECT meeting_id, unit, name, pin_hash, token_id, made_at, opened_at, wrong_pins"
      " FROM seat_links WHERE " +
      condition + " ORDER BY unit");
  rows.define_and_bind();
  std::vector<Row> out;
  rows.execute();
  while (rows.fetch()) {
    row.link.made_at = from_microseconds(made);
    row.link.opened_at = opened == 0 ? std::nullopt : std::optional(from_microseconds(opened));
    row.link.wrong_pins = static_cast<int>(wrong);
    out.push_back(row);
  }
  return out;
}

std::optional<Row> find_row(soci::session& session, const MeetingId& meeting,
                            const UnitCode& unit) {
  auto rows =
      select(session, "meeting_id = :meeting AND unit = :unit", {meeting.value, unit.value});
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

std::optional<Row> find_row(soci::session& session, std::string_view secret) {
  if (secret.size() != signaling::kSecretLength) return std::nullopt;
  auto rows = select(session, "secret_hash = :hash", {signaling::hash_secret(secret)});
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

/// Whoever is signed in by it is so no longer.
void end_token(soci::session& session, const std::string& token) {
  if (token.empty()) return;
  session << "UPDATE tokens SET revoked = 1 WHERE id = :id", soci::use(token);
}

Result<void> log(soci::session& session, const MeetingId& meeting, const std::string& kind,
                 json::object data, const std::string& actor, WallTime at) {
  const NewEvent event{actor, kind, json::serialize(data)};
  auto written = EventLog::append_within(session, meeting, std::span(&event, 1), at);
  if (!written) return written.error();
  return {};
}

void insert(soci::session& session, const MadeLink& made, const std::string& pin_hash) {
  const std::string hash = signaling::hash_secret(made.secret);
  const long long at = to_microseconds(made.link.made_at);
  session << "INSERT INTO seat_links (meeting_id, unit, name, secret_hash, pin_hash, token_id,"
             " made_at, opened_at, wrong_pins)"
             " VALUES (:meeting, :unit, :name, :hash, :pin, '', :at, 0, 0)"
             " ON CONFLICT (meeting_id, unit) DO UPDATE SET name = excluded.name,"
             " secret_hash = excluded.secret_hash, pin_hash = excluded.pin_hash, token_id = '',"
             " made_at = excluded.made_at, opened_at = 0, wrong_pins = 0",
      soci::use(made.link.meeting.value), soci::use(made.link.unit.value),
      soci::use(made.link.name), soci::use(hash), soci::use(pin_hash), soci::use(at);
}

std::string key_of(const SeatLink& link) {
  return link.meeting.value + "/" + link.unit.value;
}

class Held {
 public:
  explicit Held(std::atomic<int>& count) : count_(count), mine_(++count) {}
  ~Held() { --count_; }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  bool within(int limit) const { return mine_ <= limit; }

 private:
  std::atomic<int>& count_;
  int mine_;
};

}  // namespace

bool links_are_good(const Meeting& meeting, WallTime now) {
  if (meeting.state == MeetingState::closed) return false;
  if (may_enter(meeting.state)) return true;
  const auto time = time_of(meeting);
  return !time || now < time->to + kGrace;
}

const Schema& LinkStore::schema() {
  static const Schema schema{
      "links",
      {{1,
        "links of units",
        {{"CREATE TABLE seat_links ("
          " meeting_id TEXT NOT NULL, unit TEXT NOT NULL, name TEXT NOT NULL,"
          " secret_hash TEXT NOT NULL UNIQUE, pin_hash TEXT NOT NULL, token_id TEXT NOT NULL,"
          " made_at BIGINT NOT NULL, opened_at BIGINT NOT NULL, wrong_pins BIGINT NOT NULL,"
          " PRIMARY KEY (meeting_id, unit))"}}}}};
  return schema;
}

Result<std::vector<MadeLink>> LinkStore::make(const MeetingId& meeting,
                                              std::span<const LinkedUnit> units,
                                              const std::string& actor) {
  if (units.empty() || units.size() > kMostAtOnce)
    return make_error(Errc::invalid_argument, "link.too_many",
                      "links are made for 1 to 25 units at once");
  std::vector<MadeLink> made;
  std::vector<std::string> hashes;
  json::array codes;
  for (const LinkedUnit& unit : units) {
    MadeLink one;
    one.secret = signaling::random_secret();
    one.pin = random_pin();
    one.link = {meeting, unit.unit, unit.name, clock_.wall(), std::nullopt, 0};
    auto hash = hash_pin(one.pin);
    if (!hash) return hash.error();
    hashes.push_back(std::move(*hash));
    codes.emplace_back(json::string_view(unit.unit.value));
    made.push_back(std::move(one));
  }
  auto stored = database_.transact([&](soci::session& session) -> Result<void> {
    for (std::size_t i = 0; i < made.size(); ++i) {
      if (const auto before = find_row(session, meeting, made[i].link.unit)) {
        end_token(session, before->token);
        made[i].ended = before->token;
      }
      insert(session, made[i], hashes[i]);
    }
    return log(session, meeting, "links.made", {{"units", std::move(codes)}}, actor, clock_.wall());
  });
  if (!stored) return stored.error();
  for (const MadeLink& one : made) throttle_.forget(key_of(one.link));
  return made;
}

Result<MadeLink> LinkStore::renew_pin(const MeetingId& meeting, const UnitCode& unit,
                                      const std::string& actor) {
  MadeLink made;
  made.pin = random_pin();
  const auto hash = hash_pin(made.pin);
  if (!hash) return hash.error();
  auto stored = database_.transact([&](soci::session& session) -> Result<void> {
    const auto row = find_row(session, meeting, unit);
    if (!row) return unknown();
    made.link = row->link;
    made.link.wrong_pins = 0;
    made.ended = row->token;
    end_token(session, row->token);
    session << "UPDATE seat_links SET pin_hash = :pin, token_id = '', wrong_pins = 0"
               " WHERE meeting_id = :meeting AND unit = :unit",
        soci::use(*hash), soci::use(meeting.value), soci::use(unit.value);
    return log(session, meeting, "link.pin_renewed", {{"unit", unit.value}}, actor, clock_.wall());
  });
  if (!stored) return stored.error();
  throttle_.forget(key_of(made.link));
  return made;
}

Result<std::string> LinkStore::revoke(const MeetingId& meeting, const UnitCode& unit,
                                      const std::string& actor) {
  return database_.transact([&](soci::session& session) -> Result<std::string> {
    const auto row = find_row(session, meeting, unit);
    if (!row) return unknown();
    end_token(session, row->token);
    session << "DELETE FROM seat_links WHERE meeting_id = :meeting AND unit = :unit",
        soci::use(meeting.value), soci::use(unit.value);
    auto written =
        log(session, meeting, "link.revoked", {{"unit", unit.value}}, actor, clock_.wall());
    if (!written) return written.error();
    return row->token;
  });
}

Result<void> LinkStore::end(const MeetingId& meeting) {
  return database_.transact([&](soci::session& session) {
    for (const Row& row : select(session, "meeting_id = :meeting", {meeting.value}))
      end_token(session, row.token);
    session << "DELETE FROM seat_links WHERE meeting_id = :meeting", soci::use(meeting.value);
  });
}

Result<std::vector<SeatLink>> LinkStore::list(const MeetingId& meeting) const {
  return database_.run([&](soci::session& session) {
    std::vector<SeatLink> out;
    for (Row& row : select(session, "meeting_id = :meeting", {meeting.value}))
      out.push_back(std::move(row.link));
    return out;
  });
}

Result<SeatLink> LinkStore::find(std::string_view secret) const {
  return database_.run([&](soci::session& session) -> Result<SeatLink> {
    auto row = find_row(session, secret);
    if (!row) return unknown();
    return std::move(row->link);
  });
}

Result<LinkStore::Opened> LinkStore::open(std::string_view secret, std::string_view pin,
                                          const std::string& address, std::chrono::seconds ttl) {
  auto row = database_.run([&](soci::session& session) { return find_row(session, secret); });
  if (!row) return row.error();
  if (!*row) return unknown();
  const SeatLink& link = (*row)->link;
  const std::string key = key_of(link);
  const Held place(checking_);
  if (!place.within(kMostChecking))
    return make_error(Errc::busy, "auth.too_many_attempts", "too many PINs are being checked");
  if (const auto wait = throttle_.ask(key, address, clock_.now()); wait.count() > 0)
    return Opened{std::nullopt, wait};
  if (!pin_matches((*row)->pin_hash, pin)) {
    auto counted = database_.transact([&](soci::session& session) {
      session << "UPDATE seat_links SET wrong_pins = wrong_pins + 1"
                 " WHERE meeting_id = :meeting AND unit = :unit",
          soci::use(link.meeting.value), soci::use(link.unit.value);
    });
    if (!counted) return counted.error();
    return make_error(Errc::unauthorized, "link.wrong_pin", "the PIN is not this link's");
  }
  throttle_.succeeded(key, address);
  auto token = token_of(**row, secret, ttl);
  if (!token) return token.error();
  return Opened{std::move(*token), {}};
}

/// All who come in by a link share its token, so that revoking the link signs all of them out. The
/// first makes it, those after him make it live longer; of two who are first at the very same
/// moment one finds the other's.
Result<signaling::Token> LinkStore::token_of(const Row& row, std::string_view secret,
                                             std::chrono::seconds ttl) {
  std::optional<signaling::Token> made;
  if (row.token.empty()) {
    auto minted =
        tokens_.mint({row.link.meeting, row.link.unit, signaling::Role::site, row.link.name, ttl});
    if (!minted) return minted.error();
    made = std::move(minted->token);
  }
  std::string token;  // empty: the link or its PIN was made anew meanwhile
  auto kept = database_.transact([&](soci::session& session) {
    const std::string hash = signaling::hash_secret(secret);
    const std::string mine = made ? made->id : row.token;
    const long long at = to_microseconds(clock_.wall());
    session << "UPDATE seat_links SET token_id = :token"
               " WHERE secret_hash = :hash AND pin_hash = :pin AND token_id = ''",
        soci::use(mine), soci::use(hash), soci::use(row.pin_hash);
    const auto now = find_row(session, secret);
    token = now && now->pin_hash == row.pin_hash ? now->token : "";
    if (made && token != made->id) end_token(session, made->id);
    if (token.empty()) return;
    session << "UPDATE seat_links SET opened_at = :at WHERE secret_hash = :hash", soci::use(at),
        soci::use(hash);
  });
  if (!kept) return kept.error();
  if (made && token == made->id) return std::move(*made);
  if (token.empty())
    return make_error(Errc::busy, "link.changed", "the link changed meanwhile; try again");
  return tokens_.extend(token, ttl);
}

}  // namespace diemcau::mcu
