#pragma once
// When a meeting binds those who are expected at it. Pure.

#include <optional>
#include <span>

#include "base/units/civil_date.hpp"
#include "mcu/meetings/meeting.hpp"

namespace diemcau::mcu {

struct TimeSpan {
  WallTime from{}, to{};  // [from, to)
};

/// As planned; where no end is planned, for the length proposed for its kind (two hours where the
/// kind is unknown). A meeting opened without a plan counts from its opening. Nothing when it has
/// no time at all.
std::optional<TimeSpan> time_of(const Meeting& meeting);

/// Working days from `from` (counted when it is one) up to `to` (not counted): Monday to Friday
/// but the public holidays of fixed date (1 January, 30 April, 1 May, 2 September) and `holidays`
/// (Tết, Giỗ Tổ Hùng Vương and days off in lieu, which move from year to year). 0 when `to` is not
/// after `from`; counts at most 366 days.
int working_days(CivilDate from, CivilDate to, std::span<const CivilDate> holidays);

}  // namespace diemcau::mcu
