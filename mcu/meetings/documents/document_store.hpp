#pragma once
// The documents of meetings: rows in the database, files by id under one folder. Each change is an
// event of the meeting's own log, written in the same transaction: document.added,
// document.taken_back, document.given_out, document.removed. Any thread; blocking.

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/storage/database.hpp"
#include "mcu/meetings/documents/document.hpp"
#include "mcu/meetings/documents/incoming_document.hpp"
#include "mcu/meetings/documents/inspector.hpp"
#include "recording/media_file.hpp"

namespace diemcau::mcu {

class DocumentStore {
 public:
  /// `folder`: <data>/documents. Borrows database and clock.
  DocumentStore(Database& database, const Clock& clock, std::filesystem::path folder,
                Inspector inspector, DocumentLimits limits = {});
  /// Needs MeetingStore::schema() and EventLog::schema() as well.
  static const Schema& schema();
  const DocumentLimits& limits() const noexcept { return limits_; }

  /// At start: makes the folder, removes what an interruption left half written, and files that no
  /// row speaks of. Errors: disk.error.
  Result<void> tidy();

  /// Before its bytes come; `announced`: how many, if that is known. Errors: meeting.not_found,
  /// meeting.closed, document.bad_title, document.no_item (invalid_argument), document.too_large,
  /// document.quota (too_large: the meeting's bytes or number, or the unit's number), disk.full.
  Result<std::unique_ptr<IncomingDocument>> begin(NewDocument wanted,
                                                  std::optional<std::uint64_t> announced) const;
  /// All of its bytes are written: looks at them, keeps it and says so in the log. Errors: those of
  /// begin and of Inspector.
  Result<Document> add(IncomingDocument& incoming, const std::string& actor);

  /// By agenda item, then in the order they came.
  Result<std::vector<Document>> list(const MeetingId& meeting) const;
  /// Errors: document.not_found.
  Result<Document> find(const MeetingId& meeting, const DocumentId& id) const;
  /// Into that state; to be in it already is no error and no event. Errors: document.not_found.
  Result<Document> set_state(const MeetingId& meeting, const DocumentId& id, DocumentState state,
                             const std::string& actor);
  /// document.shown: somebody put this page on the stage.
  Result<void> mark_shown(const Document& document, int page, const std::string& actor);
  /// Row and file. Errors: document.not_found.
  Result<void> remove(const MeetingId& meeting, const DocumentId& id, const std::string& actor);
  /// Errors: document.not_found, disk.error.
  Result<recording::MediaFile> open_content(const Document& document) const;

 private:
  std::filesystem::path file_of(const DocumentId& id) const { return folder_ / id.value; }
  Result<void> check_disk(std::uint64_t bytes) const;

  Database& database_;
  const Clock& clock_;
  const std::filesystem::path folder_;
  const Inspector inspector_;
  const DocumentLimits limits_;
};

}  // namespace diemcau::mcu
