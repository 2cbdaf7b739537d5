#include "base/units/civil_date.hpp"

#include <cctype>
#include <cstdio>

namespace diemcau {

CivilDate vietnam_date(WallTime moment) {
  return CivilDate(std::chrono::floor<std::chrono::days>(moment + kVietnamOffset));
}

WallTime vietnam_midnight(CivilDate date) {
  return std::chrono::time_point_cast<WallTime::duration>(std::chrono::sys_days(date)) -
         kVietnamOffset;
}

std::optional<CivilDate> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int parts[3] = {0, 0, 0};
  int part = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 4 || i == 7) {
      ++part;
    } else if (text[i] >= '0' && text[i] <= '9') {
      parts[part] = parts[part] * 10 + (text[i] - '0');
    } else {
      return std::nullopt;
    }
  }
  const CivilDate date{std::chrono::year(parts[0]),
                       std::chrono::month(static_cast<unsigned>(parts[1])),
                       std::chrono::day(static_cast<unsigned>(parts[2]))};
  if (!date.ok()) return std::nullopt;
  return date;
}

std::string to_string(CivilDate date) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return buffer;
}

}  // namespace diemcau
