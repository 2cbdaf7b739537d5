#include "base/units/csv.hpp"

#include <gmock/gmock.h>

namespace diemcau {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> row(std::string_view text, std::size_t i) {
  auto rows = parse_csv(text);
  return rows && i < rows->size() ? (*rows)[i].fields : std::vector<std::string>{"failed"};
}
std::string refusal(std::string_view text, const CsvLimits& limits = {}) {
  auto rows = parse_csv(text, limits);
  return rows ? "accepted" : rows.error().detail;
}

TEST(Csv, reads_plain_and_quoted_fields_as_rfc_4180_says) {
  EXPECT_THAT(row("a,b\nx,\"Sở Văn hóa, Thể thao\"\n", 1),
              ElementsAre("x", "Sở Văn hóa, Thể thao"));
  EXPECT_THAT(row("\"say \"\"no\"\"\",\r\n", 0), ElementsAre("say \"no\"", ""));
  EXPECT_THAT(row("one", 0), ElementsAre("one"));
  EXPECT_THAT(row("a,b,", 0), ElementsAre("a", "b", ""));
}

TEST(Csv, skips_what_spreadsheets_put_before_and_after) {
  EXPECT_THAT(row("\xEF\xBB\xBFmã,tên\r\n\r\n\n", 0), ElementsAre("mã", "tên"));
  EXPECT_EQ(parse_csv("\xEF\xBB\xBFmã,tên\r\n\r\n\n")->size(), 1u);
  EXPECT_TRUE(parse_csv("")->empty());
}

TEST(Csv, remembers_the_line_of_each_row) {
  auto rows = parse_csv("a\nb\nc");
  EXPECT_EQ((*rows)[2].line, 3u);
}

TEST(Csv, names_the_line_of_what_it_refuses) {
  EXPECT_THAT(refusal("a,b\nc\n"), HasSubstr("line 2 has 1 fields instead of 2"));
  EXPECT_THAT(refusal("a\n\"b"), HasSubstr("line 2 has an unclosed quote"));
  EXPECT_THAT(refusal("a\"b"), HasSubstr("quote inside"));
  EXPECT_THAT(refusal("\"a\"b"), HasSubstr("after a closing quote"));
  EXPECT_THAT(refusal("a\rb"), HasSubstr("lone carriage return"));
  EXPECT_THAT(refusal("a\n\tb"), HasSubstr("control character"));
  EXPECT_THAT(refusal("a\n\"b\nc\""), HasSubstr("control character"));
  EXPECT_THAT(refusal("\xC3\x28"), HasSubstr("not UTF-8"));
  EXPECT_THAT(refusal("Ho\xCC\x82ng"), HasSubstr("NFC"));
  EXPECT_THAT(refusal("a\n\nb"), HasSubstr("accepted"));  // an empty row of one column
}

TEST(Csv, holds_every_bound) {
  EXPECT_THAT(refusal("abcdef", {.bytes = 5}), HasSubstr("file is too large"));
  EXPECT_THAT(refusal("a\nb\nc", {.rows = 2}), HasSubstr("too many rows"));
  EXPECT_THAT(refusal("a,b,c", {.columns = 2}), HasSubstr("too many columns"));
  EXPECT_THAT(refusal("abcdef", {.field_bytes = 5}), HasSubstr("too long"));
  EXPECT_THAT(refusal("\"abcdef\"", {.field_bytes = 5}), HasSubstr("too long"));
}

}  // namespace
}  // namespace diemcau
