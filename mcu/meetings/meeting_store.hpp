#pragma once
// The meetings: what is planned, open and over, and who is expected. Any thread; blocking.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/storage/database.hpp"
#include "base/units/unit_store.hpp"

namespace diemcau::mcu {

/// draft: announced, nobody may join; open; closed: over, kept for the record.
enum class MeetingState { draft, open, closed };
std::string_view name_of(MeetingState state);
std::optional<MeetingState> meeting_state_from(std::string_view name);

struct Meeting {
  MeetingId id;  // ten characters of base32 (50 random bits): not to be guessed
  std::string title;
  std::string kind;  // "giao ban", "chuyên đề": free text, may be empty
  UnitCode chair;
  MeetingState state = MeetingState::draft;
  /// The catalogue of units in force on the meeting's own day; it keeps these names for good.
  std::string catalogue;
  std::string expect = "all";  // the selector as given
  WallTime created_at{};
  std::optional<WallTime> starts_at, opened_at, closed_at;
};

struct NewMeeting {
  std::string title;  // 1 to 300 bytes of UTF-8 without control characters
  std::string kind;   // at most 100
  UnitCode chair;     // empty: the root of the tree
  std::string expect = "all";
  std::optional<WallTime> starts_at;
  bool open = true;
};

struct MeetingFilter {
  std::optional<MeetingState> state;
  /// Only meetings that one of these units chairs or is expected at; empty: all.
  std::vector<UnitCode> units;
  std::size_t limit = 200;  // 1 to 1000
};

class MeetingStore {
 public:
  MeetingStore(Database& database, const UnitStore& units, const Clock& clock)
      : database_(database), units_(units), clock_(clock) {}
  static const Schema& schema();

  /// Errors: meeting.bad_title, meeting.bad_kind, units.unknown, units.bad_selector
  /// (invalid_argument).
  Result<Meeting> create(const NewMeeting& meeting);
  /// Errors: meeting.not_found.
  Result<Meeting> find(const MeetingId& id) const;
  /// Newest first.
  Result<std::vector<Meeting>> list(const MeetingFilter& filter = {}) const;
  /// In reading order of the meeting's catalogue.
  Result<std::vector<UnitCode>> expected(const MeetingId& id) const;
  /// draft → open. Errors: meeting.not_found, meeting.closed (conflict).
  Result<Meeting> open(const MeetingId& id);
  /// Closing twice is no error.
  Result<Meeting> close(const MeetingId& id);

 private:
  Result<Meeting> change(const MeetingId& id, MeetingState to);

  Database& database_;
  const UnitStore& units_;
  const Clock& clock_;
};

}  // namespace diemcau::mcu
