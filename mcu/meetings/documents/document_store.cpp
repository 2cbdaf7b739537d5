#include "mcu/meetings/documents/document_store.hpp"

#include <algorithm>
#include <array>

#include <boost/json.hpp>
#include <soci/soci.h>
#include <sodium.h>

#include "base/events/event_log.hpp"
#include "base/storage/wall_time.hpp"
#include "base/units/text_folding.hpp"
#include "mcu/meetings/meeting_rows.hpp"

namespace diemcau::mcu {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostTitle = 300;  // characters
constexpr std::size_t kIdLength = 16;
constexpr const char* kIncoming = "incoming";
constexpr std::array<std::string_view, 2> kStates{"available", "taken_back"};

constexpr std::string_view kColumns =
    "SELECT id, meeting_id, agenda_item, unit, title, kind, pages, size, sha256, state,"
    " uploaded_at FROM documents ";

DocumentId random_id() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot start");
  constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";  // RFC 4648, lower case
  std::string id(kIdLength, ' ');
  for (char& c : id) c = kBase32[randombytes_uniform(32)];
  return DocumentId(id);
}

Error not_found() {
  return make_error(Errc::not_found, "document.not_found", "there is no such document");
}

std::vector<Document> select(soci::session& session, const std::string& rest,
                             const std::vector<std::string>& values) {
  Document row;
  std::string kind, state;
  long long item = 0, pages = 0, size = 0, uploaded = 0;
  soci::statement rows(session);
  rows.exchange(soci::into(row.id.value));
  rows.exchange(soci::into(row.meeting.value));
  rows.exchange(soci::into(item));
  rows.exchange(soci::into(row.unit.value));
  rows.exchange(soci::into(row.title));
  rows.exchange(soci::into(kind));
  rows.exchange(soci::into(pages));
  rows.exchange(soci::into(size));
  rows.exchange(soci::into(row.sha256));
  rows.exchange(soci::into(state));
  rows.exchange(soci::into(uploaded));
  for (const std::string& value : values) rows.exchange(soci::use(value));
  rows.alloc();
  rows.prepare(std::string(kColumns) + rest);
  rows.define_and_bind();
  std::vector<Document> out;
  rows.execute();
  while (rows.fetch()) {
    row.agenda_item = static_cast<int>(item);
    row.kind = content_kind_from(kind).value_or(ContentKind::pdf);
    row.pages = static_cast<int>(pages);
    row.size = static_cast<std::uint64_t>(size);
    row.state = state == kStates[0] ? DocumentState::available : DocumentState::taken_back;
    row.uploaded_at = from_microseconds(uploaded);
    out.push_back(row);
  }
  return out;
}

std::optional<Document> select_one(soci::session& session, const MeetingId& meeting,
                                   const DocumentId& id) {
  auto rows =
      select(session, "WHERE meeting_id = :meeting AND id = :id", {meeting.value, id.value});
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

void insert(soci::session& session, const Document& document) {
  const std::string kind(name_of(document.kind)), state(name_of(document.state));
  const long long item = document.agenda_item, pages = document.pages,
                  size = static_cast<long long>(document.size),
                  uploaded = to_microseconds(document.uploaded_at);
  session << "INSERT INTO documents (id, meeting_id, agenda_item, unit, title, kind, pages, size,"
             " sha256, state, uploaded_at) VALUES (:id, :meeting, :item, :unit, :title, :kind,"
             " :pages, :size, :sha256, :state, :uploaded)",
      soci::use(document.id.value), soci::use(document.meeting.value), soci::use(item),
      soci::use(document.unit.value), soci::use(document.title), soci::use(kind), soci::use(pages),
      soci::use(size), soci::use(document.sha256), soci::use(state), soci::use(uploaded);
}

Result<void> log(soci::session& session, const Document& document, const std::string& kind,
                 json::object data, const std::string& actor, WallTime at) {
  data["document"] = document.id.value;
  data["title"] = document.title;
  const NewEvent event{actor, kind, json::serialize(data)};
  auto written = EventLog::append_within(session, document.meeting, std::span(&event, 1), at);
  if (!written) return written.error();
  return {};
}

json::object described(const Document& document) {
  return {{"unit", document.unit.value},
          {"agenda_item", document.agenda_item},
          {"kind", name_of(document.kind)},
          {"size", document.size},
          {"sha256", document.sha256}};
}

/// Whether the meeting takes one more. `size`: 0 while it is not known.
Result<void> check_room(soci::session& session, const NewDocument& wanted, std::uint64_t size,
                        const DocumentLimits& limits) {
  const auto meeting = rows::find(session, wanted.meeting);
  if (!meeting) return make_error(Errc::not_found, "meeting.not_found", "there is no such meeting");
  if (meeting->state == MeetingState::closed)
    return make_error(Errc::conflict, "meeting.closed", "the meeting is over");
  if (wanted.agenda_item != 0) {
    const auto agenda = rows::agenda(session, wanted.meeting);
    const bool known = std::ranges::any_of(
        agenda, [&](const AgendaItem& item) { return item.id == wanted.agenda_item; });
    if (!known)
      return make_error(Errc::invalid_argument, "document.no_item",
                        "the meeting's agenda has no such item");
  }
  std::uint64_t bytes = size;
  std::size_t count = 0, of_unit = 0;
  for (const Document& other :
       select(session, "WHERE meeting_id = :meeting", {wanted.meeting.value})) {
    bytes += other.size;
    ++count;
    if (other.unit == wanted.unit) ++of_unit;
  }
  if (bytes > limits.meeting)
    return make_error(
        Errc::too_large, "document.quota",
        "the meeting's documents may have " + std::to_string(limits.meeting) + " bytes together");
  if (count >= limits.count || of_unit >= limits.count_of_unit)
    return make_error(Errc::too_large, "document.quota",
                      "the meeting or this unit has as many documents as it may");
  return {};
}

}  // namespace

std::string_view name_of(DocumentState state) {
  return kStates[static_cast<std::size_t>(state)];
}

const Schema& DocumentStore::schema() {
  static const Schema schema{
      "documents",
      {{1,
        "documents of meetings",
        {{"CREATE TABLE documents ("
          " id TEXT PRIMARY KEY, meeting_id TEXT NOT NULL REFERENCES meetings (id),"
          " agenda_item BIGINT NOT NULL, unit TEXT NOT NULL, title TEXT NOT NULL,"
          " kind TEXT NOT NULL, pages BIGINT NOT NULL, size BIGINT NOT NULL, sha256 TEXT NOT NULL,"
          " state TEXT NOT NULL, uploaded_at BIGINT NOT NULL)"},
         {"CREATE INDEX documents_by_meeting ON documents (meeting_id)"}}}}};
  return schema;
}

DocumentStore::DocumentStore(Database& database, const Clock& clock, std::filesystem::path folder,
                             Inspector inspector, DocumentLimits limits)
    : database_(database),
      clock_(clock),
      folder_(std::move(folder)),
      inspector_(std::move(inspector)),
      limits_(limits) {}

Result<void> DocumentStore::tidy() {
  const auto failed = [](const std::error_code& error) {
    return make_error(Errc::io, "disk.error", "the folder of documents: " + error.message());
  };
  std::error_code error;
  std::filesystem::remove_all(folder_ / kIncoming, error);
  std::filesystem::create_directories(folder_ / kIncoming, error);
  if (error) return failed(error);
  auto known = database_.run([](soci::session& session) {
    std::vector<std::string> ids;
    for (auto& row : select(session, "ORDER BY id", {})) ids.push_back(std::move(row.id.value));
    return ids;
  });
  if (!known) return known.error();
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    const auto name = entry.path().filename().string();
    if (!entry.is_regular_file() || std::ranges::binary_search(*known, name)) continue;
    std::error_code ignored;
    if (name.size() == kIdLength) std::filesystem::remove(entry.path(), ignored);
  }
  if (error) return failed(error);
  return {};
}

Result<void> DocumentStore::check_disk(std::uint64_t bytes) const {
  std::error_code error;
  const auto space = std::filesystem::space(folder_, error);
  if (error) return make_error(Errc::io, "disk.error", error.message());
  if (space.available < limits_.reserve + bytes)
    return make_error(Errc::full, "disk.full", "the disk has no room for documents");
  return {};
}

Result<std::unique_ptr<IncomingDocument>> DocumentStore::begin(
    NewDocument wanted, std::optional<std::uint64_t> announced) const {
  if (wanted.title.empty() || !is_plain_title(wanted.title, kMostTitle))
    return make_error(Errc::invalid_argument, "document.bad_title",
                      "a title is one line of 1 to 300 characters that can all be seen");
  if (announced.value_or(0) > limits_.file)
    return make_error(
        Errc::too_large, "document.too_large",
        "a document may have at most " + std::to_string(limits_.file) + " bytes here");
  auto room = database_.run([&](soci::session& session) {
    return check_room(session, wanted, announced.value_or(0), limits_);
  });
  if (!room) return room.error();
  if (auto disk = check_disk(announced.value_or(limits_.file)); !disk) return disk.error();
  return IncomingDocument::create(folder_ / kIncoming, std::move(wanted), limits_.file);
}

Result<Document> DocumentStore::add(IncomingDocument& incoming, const std::string& actor) {
  if (auto whole = incoming.finish(); !whole) return whole.error();
  auto inspection = inspector_.inspect(incoming.path());
  if (!inspection) return inspection.error();
  Document document;
  document.id = random_id();
  document.meeting = incoming.wanted().meeting;
  document.agenda_item = incoming.wanted().agenda_item;
  document.unit = incoming.wanted().unit;
  document.title = incoming.wanted().title;
  document.kind = inspection->kind;
  document.pages = inspection->pages;
  document.size = incoming.size();
  document.sha256 = incoming.sha256();
  document.uploaded_at = clock_.wall();
  const auto place = file_of(document.id);
  if (auto moved = incoming.move_to(place); !moved) return moved.error();
  auto kept = database_.transact([&](soci::session& session) -> Result<void> {
    // One after the other for each meeting, so that its bounds hold whoever comes at once.
    rows::claim(session, document.meeting);
    if (auto room = check_room(session, incoming.wanted(), document.size, limits_); !room)
      return room.error();
    insert(session, document);
    return log(session, document, "document.added", described(document), actor,
               document.uploaded_at);
  });
  if (kept) return document;
  std::error_code ignored;
  std::filesystem::remove(place, ignored);
  return kept.error();
}

Result<std::vector<Document>> DocumentStore::list(const MeetingId& meeting) const {
  return database_.run([&](soci::session& session) {
    return select(session, "WHERE meeting_id = :meeting ORDER BY agenda_item, uploaded_at, id",
                  {meeting.value});
  });
}

Result<Document> DocumentStore::find(const MeetingId& meeting, const DocumentId& id) const {
  return database_.run([&](soci::session& session) -> Result<Document> {
    auto document = select_one(session, meeting, id);
    if (!document) return not_found();
    return std::move(*document);
  });
}

Result<Document> DocumentStore::set_state(const MeetingId& meeting, const DocumentId& id,
                                          DocumentState state, const std::string& actor) {
  return database_.transact([&](soci::session& session) -> Result<Document> {
    rows::claim(session, meeting);
    auto document = select_one(session, meeting, id);
    if (!document) return not_found();
    if (document->state == state) return std::move(*document);
    document->state = state;
    const std::string name(name_of(state));
    session << "UPDATE documents SET state = :state WHERE id = :id", soci::use(name),
        soci::use(id.value);
    const bool back = state == DocumentState::taken_back;
    auto logged = log(session, *document, back ? "document.taken_back" : "document.given_out", {},
                      actor, clock_.wall());
    if (!logged) return logged.error();
    return std::move(*document);
  });
}

Result<void> DocumentStore::mark_shown(const Document& document, int page,
                                       const std::string& actor) {
  return database_.transact([&](soci::session& session) {
    return log(session, document, "document.shown", {{"page", page}}, actor, clock_.wall());
  });
}

Result<void> DocumentStore::remove(const MeetingId& meeting, const DocumentId& id,
                                   const std::string& actor) {
  auto removed = database_.transact([&](soci::session& session) -> Result<void> {
    rows::claim(session, meeting);
    const auto document = select_one(session, meeting, id);
    if (!document) return not_found();
    session << "DELETE FROM documents WHERE id = :id", soci::use(id.value);
    return log(session, *document, "document.removed", {}, actor, clock_.wall());
  });
  if (!removed) return removed;
  std::error_code ignored;  // a file that stays is removed by tidy()
  std::filesystem::remove(file_of(id), ignored);
  return {};
}

Result<recording::MediaFile> DocumentStore::open_content(const Document& document) const {
  auto file = recording::MediaFile::open(file_of(document.id));
  if (!file && file.error().kind == Errc::not_found) return not_found();
  return file;
}

}  // namespace diemcau::mcu
