#pragma once
// Days of the calendar, as laws and meetings name them: in Vietnam's time, UTC+7 without summer
// time.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace diemcau {

using CivilDate = std::chrono::year_month_day;

inline constexpr std::chrono::hours kVietnamOffset{7};

/// The day it is in Vietnam at that moment.
CivilDate vietnam_date(WallTime moment);
/// The moment that day begins in Vietnam.
WallTime vietnam_midnight(CivilDate date);

/// "2025-07-01", exactly; nothing for a day that does not exist.
std::optional<CivilDate> parse_date(std::string_view text);
std::string to_string(CivilDate date);

}  // namespace diemcau
