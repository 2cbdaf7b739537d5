#include "base/units/unit_csv.hpp"

#include <map>

#include <gmock/gmock.h>

namespace diemcau {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kHead = "code,parent_code,level,kind,name\n";

std::string refusal(const std::string& text) {
  auto units = parse_unit_csv(text);
  return units ? "accepted" : units.error().detail;
}

TEST(DefaultUnits, are_the_province_of_2023) {
  auto units = parse_unit_csv(default_unit_csv());
  ASSERT_TRUE(units) << units.error().detail;
  std::map<std::string, int> kinds;
  for (const Unit& unit : *units) ++kinds[std::string(name_of(unit.level)) + " " + unit.kind];
  EXPECT_EQ(units->size(), 266u);
  EXPECT_EQ(kinds["department sở"], 15);
  EXPECT_EQ(kinds["district huyện"], 9);
  EXPECT_EQ(kinds["district thành phố"], 2);
  EXPECT_EQ(kinds["district thị xã"], 1);
  EXPECT_EQ(kinds["commune xã"], 178);
  EXPECT_EQ(kinds["commune phường"], 47);
  EXPECT_EQ(kinds["commune thị trấn"], 10);
}

TEST(UnitCsv, takes_columns_in_any_order_and_an_explicit_sort_order) {
  auto units =
      parse_unit_csv("name,kind,level,parent_code,code,sort_order\nSở X,sở,department,,X,7\n");
  ASSERT_TRUE(units);
  EXPECT_EQ((*units)[0].code.str(), "X");
  EXPECT_EQ((*units)[0].sort_order, 7);
}

TEST(UnitCsv, names_the_line_it_refuses) {
  const std::string head(kHead);
  EXPECT_THAT(refusal("code,parent_code,level,kind\n"), HasSubstr("column name is missing"));
  EXPECT_THAT(refusal("code,parent_code,level,kind,name,colour\n"),
              HasSubstr("unknown column colour"));
  EXPECT_THAT(refusal("code,code,level,kind,name\n"), HasSubstr("stands twice"));
  EXPECT_THAT(refusal(head + "A B,,province,tỉnh,X\n"), HasSubstr("line 2: a code is"));
  EXPECT_THAT(refusal(head + "A,,county,tỉnh,X\n"), HasSubstr("line 2: level must be"));
  EXPECT_THAT(refusal(head + "A,,province,tỉnh,\n"), HasSubstr("line 2: name and kind"));
  EXPECT_THAT(refusal("code,parent_code,level,kind,name,sort_order\nA,,province,tỉnh,X,1x\n"),
              HasSubstr("sort_order"));
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
}

}  // namespace
}  // namespace diemcau
