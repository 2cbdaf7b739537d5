#include "base/units/text_folding.hpp"

#include <gtest/gtest.h>

namespace diemcau {
namespace {

TEST(TextFolding, finds_both_placings_of_a_tone_mark_equal) {
  EXPECT_EQ(fold_tone_placement("Việt Hoà"), fold_tone_placement("Việt Hòa"));
  EXPECT_EQ(fold_tone_placement("Ứng Hoè"), fold_tone_placement("ỨNG HÒE"));
  EXPECT_EQ(fold_tone_placement("Quý"), fold_tone_placement("Qúy"));
}

TEST(TextFolding, keeps_different_tones_and_letters_apart) {
  EXPECT_NE(fold_tone_placement("Hòa"), fold_tone_placement("Hóa"));
  EXPECT_NE(fold_tone_placement("Hòa"), fold_tone_placement("Hoa"));
  EXPECT_NE(fold_tone_placement("Tân"), fold_tone_placement("Tăn"));
  EXPECT_NE(fold_tone_placement("Đông"), fold_tone_placement("Dông"));
  EXPECT_NE(fold_tone_placement("Hồng Phong"), fold_tone_placement("Hông Phòng"));
}

TEST(TextFolding, lets_people_leave_diacritics_out) {
  EXPECT_EQ(fold_diacritics("Phường Trần Hưng Đạo"), "phuong tran hung dao");
  EXPECT_EQ(fold_diacritics("ỨNG HOÈ"), "ung hoe");
}

TEST(TextFolding, tells_composed_text_from_decomposed_and_from_rubbish) {
  EXPECT_TRUE(is_nfc("Hồng Phong"));
  EXPECT_FALSE(is_nfc("Ho\xCC\x82\xCC\x80ng"));
  EXPECT_FALSE(is_nfc("\xC3\x28"));
  EXPECT_FALSE(is_valid_utf8(std::string_view("a\0b", 3)));
  EXPECT_TRUE(is_nfc(""));
}

TEST(TextFolding, knows_a_line_that_shows_all_it_holds) {
  EXPECT_TRUE(is_plain_title("", 5));
  EXPECT_TRUE(is_plain_title("Hội nghị <b>CCHC</b> “quý III” 🙂", 300));
  EXPECT_TRUE(is_plain_title("ộộộộộ", 5));
  EXPECT_FALSE(is_plain_title("ộộộộộộ", 5));
  EXPECT_FALSE(is_plain_title(std::string(10'000, 'x'), 300));
  EXPECT_FALSE(is_plain_title("   ", 5));
  EXPECT_FALSE(is_plain_title("\u0301", 5)) << "a mark alone";
  for (const char* hidden : {"a\nb", "a\tb", "a\u202Eb", "a\u2066b", "a\u200Fb", "a\u061Cb",
                             "a\u200Bb", "a\uFEFFb", "a\u2028b", "a\uE000b", "a\x7F"}) {
    EXPECT_FALSE(is_plain_title(hidden, 300)) << hidden;
  }
}

TEST(TextFolding, lowers_vietnamese_capitals) {
  EXPECT_EQ(lower_case("Thị trấn ĐÔNG"), "thị trấn đông");
}

}  // namespace
}  // namespace diemcau
