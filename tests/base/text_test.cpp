#include "base/text.hpp"

#include <gtest/gtest.h>

namespace diemcau {
namespace {

TEST(PlainLine, is_any_name_people_write) {
  for (const char* text : {"", "UBND xã Hồng Phong (Nam Sách)", "Nguyễn Thị Ánh – Phó Chủ tịch",
                           "<b>đậm</b> & \"ngoặc\"", "日本 🎉"})
    EXPECT_TRUE(is_plain_line(text)) << text;
}

TEST(PlainLine, holds_nothing_that_is_not_seen) {
  for (const char* text :
       {"hai\ndòng", "\x7f", "\xc2\x85", "a\xe2\x80\xaez" /* RLO */, "a\xe2\x81\xa6z" /* LRI */,
        "a\xe2\x80\x8bz" /* ZWSP */, "a\xe2\x80\xa8z" /* LS */, "\xef\xbb\xbfx" /* BOM */,
        "x\xf3\xa0\x81\x81" /* tag */, "a\u180Ez", "a\uE000z" /* private */,
        "a\U0001D173z" /* begins a beam */, "a\U0010FFFDz"})
    EXPECT_FALSE(is_plain_line(text));
}

TEST(PlainLine, is_utf8) {
  for (const char* text : {"\xc3", "\xc3(", "\xc0\x80", "\xed\xa0\x80", "\xf8\x88\x80\x80", "\x80",
                           "\xf4\x90\x80\x80", "\xe2\x82"})
    EXPECT_FALSE(is_plain_line(text));
}

TEST(TextWithoutUnseen, keeps_what_is_seen_and_one_kind_of_line_end) {
  EXPECT_EQ(without_unseen("Đề nghị xã\r\nbật mic\rngay\n日本 🎉"),
            "Đề nghị xã\nbật mic\nngay\n日本 🎉");
  EXPECT_EQ(without_unseen("a\xe2\x80\xae"
                           "b\xe2\x80\x8b"
                           "c\xef\xbb\xbf"),
            "abc");
  EXPECT_EQ(without_unseen("a\tb\xe2\x80\xa8"
                           "c"),
            "a b\nc");
  EXPECT_EQ(without_unseen(""), "");
}

TEST(TextWithoutUnseen, is_none_with_controls_or_bytes_that_are_not_utf8) {
  for (const char* text : {"\x1b[31m", "\x07", "\x7f", "\xc2\x85", "\xff", "\xc3", "\xed\xa0\x80"})
    EXPECT_EQ(without_unseen(text), std::nullopt);
  EXPECT_EQ(without_unseen(std::string_view("a\0b", 3)), std::nullopt);
}

TEST(CharactersIn, counts_code_points) {
  EXPECT_EQ(characters_in("Hải Dương"), 9u);
  EXPECT_EQ(characters_in("🎉"), 1u);
}

}  // namespace
}  // namespace diemcau
