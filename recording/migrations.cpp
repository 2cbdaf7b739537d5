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
          "text))"}}},
       {2,
        "marks: who speaks, under which item, and where on the timeline (-1: not known)",
        {{"ALTER TABLE recording_marks ADD COLUMN unit TEXT NOT NULL DEFAULT ''"},
         {"ALTER TABLE recording_marks ADD COLUMN item BIGINT NOT NULL DEFAULT 0"},
         {"ALTER TABLE recording_marks ADD COLUMN position_us BIGINT NOT NULL DEFAULT -1"}}}}};
  return schema;
}

}  // namespace diemcau::recording
