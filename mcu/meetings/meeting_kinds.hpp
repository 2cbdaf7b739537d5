#pragma once
// The kinds of meeting of QĐ 45/2018/QĐ-TTg with their lengths, as data. Names are the pages' own.

#include <span>
#include <string_view>

namespace diemcau::mcu {

struct MeetingKind {
  std::string_view code;       // kept in Meeting::kind
  int minutes = 0;             // proposed for a new meeting
  int longest_minutes = 0;     // what the rule allows; a working day is 480
  int speaking_minutes = 0;    // proposed for a prepared statement (tham luận)
  int discussion_minutes = 0;  // proposed for a speaker from the floor
};

std::span<const MeetingKind> meeting_kinds();
/// Null for a free text.
const MeetingKind* find_meeting_kind(std::string_view code);

}  // namespace diemcau::mcu
