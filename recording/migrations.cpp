// The recordings' tables. A step that was released is never changed.
#include "recording/catalogue.hpp"

namespace diemcau::recording {

const Schema& Catalogue::schema() {
  static const Schema schema{
      "recording",
      {{1,
        "recordings and their marks",
        {{"CREATE TABLE recordings ("
          " id TEXT PRIMARY KEY, meeting_id TEXT NOT NULL, started_at BIGINT NOT NULL,"
          " ended_at BIGINT, length_us BIGINT NOT NULL, bytes BIGINT NOT NULL,"
          " state TEXT NOT NULL, problem TEXT NOT NULL, recovered BIGINT NOT NULL,"
          " files BIGINT NOT NULL)"},
         {"CREATE INDEX recordings_by_meeting ON recordings (meeting_id, started_at)"},
         {"CREATE TABLE recording_marks ("
          " recording_id TEXT NOT NULL REFERENCES recordings (id), at BIGINT NOT NULL,"
          " kind TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (recording_id, at, kind, "
          "text))"}}}}};
  return schema;
}

}  // namespace diemcau::recording
