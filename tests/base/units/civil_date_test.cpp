#include "base/units/civil_date.hpp"

#include <gtest/gtest.h>

namespace diemcau {
namespace {

using namespace std::chrono;

TEST(CivilDate, is_the_day_in_vietnam_and_not_in_greenwich) {
  const WallTime evening = sys_days(2025y / June / 30) + 17h;  // midnight of 1 July in Hà Nội
  EXPECT_EQ(vietnam_date(evening), 2025y / July / 1);
  EXPECT_EQ(vietnam_date(evening - 1us), 2025y / June / 30);
  EXPECT_EQ(vietnam_midnight(2025y / July / 1), evening);
}

TEST(CivilDate, reads_what_it_writes) {
  EXPECT_EQ(parse_date("2025-07-01"), 2025y / July / 1);
  EXPECT_EQ(to_string(2025y / July / 1), "2025-07-01");
}

TEST(CivilDate, refuses_days_that_do_not_exist_and_other_spellings) {
  for (const char* text : {"", "2025-02-29", "2025-13-01", "2025-00-10", "2025-7-1", "2025/07/01",
                           "01-07-2025", "2025-07-01 ", "20a5-07-01"}) {
    EXPECT_FALSE(parse_date(text)) << text;
  }
  EXPECT_TRUE(parse_date("2024-02-29"));
}

}  // namespace
}  // namespace diemcau
