#include "recording/catalogue.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include <soci/soci.h>
#include <sys/random.h>

#include "base/log.hpp"
#include "base/storage/wall_time.hpp"
#include "recording/chapters.hpp"
#include "recording/recovery.hpp"

namespace diemcau::recording {
namespace {

constexpr const char* kColumns =
    "SELECT id, meeting_id, started_at, ended_at, length_us, bytes, state, problem, recovered, "
    "files"
    " FROM recordings";
constexpr const char* kMissing = "recording.missing";

long long micros(Duration d) {
  return std::chrono::duration_cast<std::chrono::microseconds>(d).count();
}

RecorderState state_from(std::string_view name) {
  for (const auto state :
       {RecorderState::recording, RecorderState::finishing, RecorderState::finished})
    if (name_of(state) == name) return state;
  return RecorderState::failed;
}

/// One row of kColumns, on its way out of a statement.
struct Row {
  RecordingEntry entry;
  long long started = 0, ended = 0, length = 0, bytes = 0, recovered = 0, files = 0;
  soci::indicator has_ended = soci::i_null;
  std::string state;

  void into(soci::statement& rows) {
    rows.exchange(soci::into(entry.id.value));
    rows.exchange(soci::into(entry.meeting.value));
    rows.exchange(soci::into(started));
    rows.exchange(soci::into(ended, has_ended));
    rows.exchange(soci::into(length));
    rows.exchange(soci::into(bytes));
    rows.exchange(soci::into(state));
    rows.exchange(soci::into(entry.problem));
    rows.exchange(soci::into(recovered));
    rows.exchange(soci::into(files));
  }
  RecordingEntry get() const {
    RecordingEntry out = entry;
    out.started = from_microseconds(started);
    out.ended.reset();
    if (has_ended == soci::i_ok) out.ended = from_microseconds(ended);
    out.length = std::chrono::microseconds(length);
    out.bytes = static_cast<std::uint64_t>(bytes);
    out.state = state_from(state);
    out.recovered = recovered != 0;
    out.files = static_cast<int>(files);
    return out;
  }
};

Error not_found() {
  return make_error(Errc::not_found, "recording.not_found", "there is no such recording");
}

RecordingEntry entry_of(const Sidecar& sidecar) {
  return {sidecar.id,
          sidecar.meeting,
          sidecar.started,
          sidecar.ended,
          std::chrono::microseconds(micros(sidecar.length())),  // as the database keeps it
          sidecar.bytes(),
          sidecar.state,
          sidecar.problem,
          sidecar.recovered,
          static_cast<int>(sidecar.segments.size())};
}

void insert_mark(soci::session& session, const RecordingId& id, const Mark& mark) {
  const long long at = to_microseconds(mark.at), item = mark.item;
  const long long position =
      mark.position ? std::chrono::duration_cast<std::chrono::microseconds>(*mark.position).count()
                    : -1;
  session << "INSERT INTO recording_marks (recording_id, at, kind, text, unit, item, position_us)"
             " VALUES (:id, :at, :kind, :text, :unit, :item, :position) ON CONFLICT DO NOTHING",
      soci::use(id.value), soci::use(at), soci::use(mark.kind), soci::use(mark.text),
      soci::use(mark.unit), soci::use(item), soci::use(position);
}

}  // namespace

RecordingId new_recording_id(WallTime now) {
  std::array<unsigned char, 5> chance{};
  (void)!::getrandom(chance.data(), chance.size(), 0);
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm tm{};
  ::gmtime_r(&seconds, &tm);
  char text[80];
  std::snprintf(text, sizeof text, "%04d%02d%02d-%02d%02d%02d-%02x%02x%02x%02x%02x",
                tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
                chance[0], chance[1], chance[2], chance[3], chance[4]);
  return RecordingId(text);
}

bool is_recording_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
  });
}

Catalogue::Catalogue(Database& database, std::filesystem::path folder, std::shared_ptr<Disk> disk)
    : database_(database), folder_(std::move(folder)), disk_(std::move(disk)) {}

Result<Sidecar> Catalogue::sidecar_of(const RecordingId& id) const {
  if (!is_recording_id(id.value)) return not_found();
  return read_sidecar(folder_of(id));
}

Result<void> Catalogue::store(const RecordingEntry& e) {
  return database_.transact([&](soci::session& session) {
    const long long started = to_microseconds(e.started);
    const long long ended = e.ended ? to_microseconds(*e.ended) : 0;
    soci::indicator has_ended = e.ended ? soci::i_ok : soci::i_null;
    const long long length = micros(e.length);
    const auto bytes = static_cast<long long>(e.bytes);
    const std::string state(name_of(e.state));
    const long long recovered = e.recovered ? 1 : 0;
    const long long files = e.files;
    session << "INSERT INTO recordings (id, meeting_id, started_at, ended_at, length_us, bytes,"
               " state, problem, recovered, files) VALUES (:id, :meeting, :started, :ended,"
               " :length, :bytes, :state, :problem, :recovered, :files)"
               " ON CONFLICT (id) DO UPDATE SET meeting_id = excluded.meeting_id,"
               " started_at = excluded.started_at, ended_at = excluded.ended_at,"
               " length_us = excluded.length_us, bytes = excluded.bytes, state = excluded.state,"
               " problem = excluded.problem, recovered = excluded.recovered,"
               " files = excluded.files",
        soci::use(e.id.value), soci::use(e.meeting.value), soci::use(started),
        soci::use(ended, has_ended), soci::use(length), soci::use(bytes), soci::use(state),
        soci::use(e.problem), soci::use(recovered), soci::use(files);
  });
}

Result<void> Catalogue::begin(const RecordingId& id, const MeetingId& meeting, WallTime started) {
  if (!is_recording_id(id.value))
    return make_error(Errc::invalid_argument, "recording.bad_id", "not an id of a recording");
  return store({id, meeting, started, {}, {}, 0, RecorderState::recording, "", false, 1});
}

Result<void> Catalogue::update(const RecordingId& id, const RecorderStatus& status) {
  return database_.transact([&](soci::session& session) {
    const long long length = micros(status.length);
    const auto bytes = static_cast<long long>(status.bytes);
    const std::string state(name_of(status.state));
    session << "UPDATE recordings SET length_us = :length, bytes = :bytes, state = :state,"
               " problem = :problem WHERE id = :id",
        soci::use(length), soci::use(bytes), soci::use(state), soci::use(status.problem),
        soci::use(id.value);
  });
}

Result<void> Catalogue::end(const RecordingId& id) {
  const auto sidecar = sidecar_of(id);
  if (!sidecar) return sidecar.error();
  return store(entry_of(*sidecar));
}

Result<RecordingEntry> Catalogue::find(const RecordingId& id) const {
  return database_.run([&](soci::session& session) -> Result<RecordingEntry> {
    Row row;
    soci::statement rows(session);
    rows.exchange(soci::use(id.value));
    row.into(rows);
    rows.alloc();
    rows.prepare(std::string(kColumns) + " WHERE id = :id");
    rows.define_and_bind();
    if (!rows.execute(true)) return not_found();
    return row.get();
  });
}

Result<std::vector<RecordingEntry>> Catalogue::list(const MeetingId& meeting, std::size_t limit,
                                                    std::size_t offset) const {
  return database_.run([&](soci::session& session) {
    const auto most = static_cast<long long>(std::clamp<std::size_t>(limit, 1, 1000));
    const auto skip = static_cast<long long>(std::min<std::size_t>(offset, 1'000'000'000));
    Row row;
    soci::statement rows(session);
    if (!meeting.empty()) rows.exchange(soci::use(meeting.value));
    rows.exchange(soci::use(most));
    rows.exchange(soci::use(skip));
    row.into(rows);
    rows.alloc();
    rows.prepare(std::string(kColumns) + (meeting.empty() ? "" : " WHERE meeting_id = :meeting") +
                 " ORDER BY started_at DESC, id DESC LIMIT :most OFFSET :skip");
    rows.define_and_bind();
    rows.execute();
    std::vector<RecordingEntry> out;
    while (rows.fetch()) out.push_back(row.get());
    return out;
  });
}

Result<void> Catalogue::add_mark(const RecordingId& id, const Mark& mark) {
  if (mark.kind.empty() || mark.kind.size() > 32 || mark.text.size() > 2048 ||
      mark.unit.size() > 64)
    return make_error(Errc::invalid_argument, "recording.bad_mark", "a mark is short");
  if (auto known = find(id); !known) return known.error();
  if (auto kept = append_mark(*disk_, folder_of(id), mark); !kept) return kept;
  return database_.transact([&](soci::session& session) { insert_mark(session, id, mark); });
}

Result<std::vector<Mark>> Catalogue::marks(const RecordingId& id) const {
  if (auto known = find(id); !known) return known.error();
  return database_.run([&](soci::session& session) {
    Mark mark;
    long long at = 0, item = 0, position = 0;
    soci::statement rows =
        (session.prepare << "SELECT at, kind, text, unit, item, position_us FROM recording_marks"
                            " WHERE recording_id = :id ORDER BY at",
         soci::use(id.value), soci::into(at), soci::into(mark.kind), soci::into(mark.text),
         soci::into(mark.unit), soci::into(item), soci::into(position));
    rows.execute();
    std::vector<Mark> out;
    while (rows.fetch()) {
      mark.at = from_microseconds(at);
      mark.item = static_cast<int>(item);
      mark.position.reset();
      if (position >= 0) mark.position = std::chrono::microseconds(position);
      out.push_back(mark);
    }
    return out;
  });
}

Result<std::vector<Chapter>> Catalogue::chapters(const RecordingId& id) const {
  const auto known = find(id);
  if (!known) return known.error();
  const auto sidecar = sidecar_of(id);
  if (!sidecar) return sidecar.error();
  const auto all = marks(id);
  if (!all) return all.error();
  // While it runs, the database knows the length better than recording.json.
  return chapters_of(*sidecar, *all, std::max(known->length, sidecar->length()));
}

Result<std::string> Catalogue::chapters_vtt(const RecordingId& id) const {
  const auto all = chapters(id);
  if (!all) return all.error();
  const auto last = std::ranges::max_element(*all, {}, &Chapter::end);
  return to_webvtt(*all, last == all->end() ? Duration{} : last->end);
}

Result<std::vector<SegmentInfo>> Catalogue::segments(const RecordingId& id) const {
  const auto sidecar = sidecar_of(id);
  if (!sidecar) return sidecar.error();
  return sidecar->segments;
}

Result<MediaFile> Catalogue::open_media(const RecordingId& id, std::size_t part) const {
  const auto files = segments(id);
  if (!files) return files.error();
  if (part == 0 || part > files->size()) return not_found();
  return MediaFile::open(folder_of(id) / (*files)[part - 1].file);
}

Result<std::size_t> Catalogue::reconcile() {
  std::size_t changed = 0;
  std::vector<std::string> present;
  for (const auto& path : recording_folders(folder_)) {
    const RecordingId id(path.filename().string());
    auto sidecar = sidecar_of(id);
    if (!sidecar) {
      log::warn("recordings: {} is not a recording's folder: {}", path.string(),
                sidecar.error().code);
      continue;
    }
    sidecar->id = id;  // a folder that was copied or renamed by hand goes by its name
    present.push_back(id.value);
    const RecordingEntry entry = entry_of(*sidecar);
    const auto known = find(id);
    if (!known || *known != entry) {
      if (auto stored = store(entry); !stored) return stored.error();
      ++changed;
    }
    const auto marks = read_marks(path);
    auto kept = database_.transact([&](soci::session& session) {
      for (const Mark& mark : marks) insert_mark(session, id, mark);
    });
    if (!kept) return kept.error();
  }
  std::ranges::sort(present);
  for (std::size_t offset = 0;; offset += 1000) {
    const auto page = list({}, 1000, offset);
    if (!page) return page.error();
    for (RecordingEntry entry : *page) {
      if (std::ranges::binary_search(present, entry.id.value) || entry.problem == kMissing)
        continue;
      log::warn("recording {}: its folder is gone", entry.id.str());
      entry.state = RecorderState::failed;
      entry.problem = kMissing;
      if (auto stored = store(entry); !stored) return stored.error();
      ++changed;
    }
    if (page->size() < 1000) return changed;
  }
}

}  // namespace diemcau::recording
