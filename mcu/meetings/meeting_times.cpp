#include "mcu/meetings/meeting_times.hpp"

#include <algorithm>

#include "mcu/meetings/meeting_kinds.hpp"

namespace diemcau::mcu {
namespace {

using namespace std::chrono;

constexpr minutes kUnknownLength{120};

bool is_fixed_holiday(CivilDate day) {
  return (day.month() == January && day.day() == std::chrono::day(1)) ||
         (day.month() == April && day.day() == std::chrono::day(30)) ||
         (day.month() == May && day.day() == std::chrono::day(1)) ||
         (day.month() == September && day.day() == std::chrono::day(2));
}

}  // namespace

std::optional<TimeSpan> time_of(const Meeting& meeting) {
  const auto from = meeting.starts_at ? meeting.starts_at : meeting.opened_at;
  if (!from) return std::nullopt;
  if (meeting.ends_at) return TimeSpan{*from, *meeting.ends_at};
  const MeetingKind* kind = find_meeting_kind(meeting.kind);
  return TimeSpan{*from, *from + (kind != nullptr ? minutes(kind->minutes) : kUnknownLength)};
}

int working_days(CivilDate from, CivilDate to, std::span<const CivilDate> holidays) {
  int count = 0;
  const sys_days end = std::min(sys_days(to), sys_days(from) + days(366));
  for (sys_days at = from; at < end; at += days(1)) {
    const weekday name(at);
    if (name == Saturday || name == Sunday) continue;
    const CivilDate day(at);
    if (is_fixed_holiday(day) || std::ranges::find(holidays, day) != holidays.end()) continue;
    ++count;
  }
  return count;
}

}  // namespace diemcau::mcu
