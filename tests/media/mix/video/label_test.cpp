#include <string>

#include <gtest/gtest.h>

#include "media/mix/label_renderer.hpp"
#include "media/mix/label_text.hpp"
#include "tests/media/mix/video/video_support.hpp"

namespace diemcau::media {
namespace {

using testing::at;

TEST(LabelText, keeps_vietnamese_as_it_is) {
  EXPECT_EQ(displayable("UBND xã Đắk Ơ – Huyện Bù Gia Mập"), "UBND xã Đắk Ơ – Huyện Bù Gia Mập");
}

TEST(LabelText, never_reads_markup) {
  EXPECT_EQ(displayable("<b>A</b>&amp;"), "<b>A</b>&amp;");
}

TEST(LabelText, leaves_out_what_reorders_or_hides) {
  EXPECT_EQ(displayable("A\u202Egnp\u202C\u200BB\uFEFF"), "AgnpB");
}

TEST(LabelText, turns_line_breaks_and_controls_into_spaces) {
  EXPECT_EQ(displayable("a\nb\tc\x01"), "a b c ");
}

TEST(LabelText, mends_invalid_bytes) {
  EXPECT_EQ(displayable("a\xFFz"), "a\uFFFDz");
}

TEST(LabelText, cuts_between_characters) {
  std::string long_name;
  for (int i = 0; i < 5000; ++i) long_name += "ế";  // three bytes each
  EXPECT_EQ(displayable(long_name, 10), "ếếế");
  EXPECT_LE(displayable(long_name).size(), kMaxLabelBytes);
}

TEST(LabelRenderer, draws_a_name_once) {
  LabelRenderer labels;
  auto first = labels.render("Sở Tư pháp", {});
  EXPECT_EQ(labels.render("Sở Tư pháp", {}), first);
  EXPECT_EQ(labels.drawn(), 1u);
  EXPECT_NE(labels.render("Sở Tư pháp", {.font_px = 20}), first);
  EXPECT_EQ(labels.drawn(), 2u);
}

TEST(LabelRenderer, stays_within_its_width_whatever_the_name) {
  LabelRenderer labels;
  auto sprite = labels.render(std::string(10'000, 'W'), {.font_px = 18, .max_width = 200});
  ASSERT_TRUE(sprite);
  EXPECT_LE(sprite->width, 200);
  EXPECT_LE(sprite->height, 60);
}

TEST(LabelRenderer, forgets_the_oldest_above_its_bound) {
  LabelRenderer labels;
  labels.render("first", {});
  for (std::size_t i = 0; i < LabelRenderer::kMaxCached; ++i) labels.render(std::to_string(i), {});
  const auto drawn = labels.drawn();
  labels.render("first", {});
  EXPECT_EQ(labels.drawn(), drawn + 1);
}

TEST(LabelRenderer, draws_nothing_for_nothing) {
  LabelRenderer labels;
  EXPECT_EQ(labels.render("", {}), nullptr);
  EXPECT_EQ(labels.render("   ", {}), nullptr);
}

TEST(LabelRenderer, white_letters_on_a_dark_plate_read_on_a_white_picture) {
  LabelRenderer labels;
  auto sprite = labels.render("HHHH", {.font_px = 24});
  ASSERT_TRUE(sprite);
  auto white = testing::solid_buffer({320, 180}, {235, 128, 128});
  blend(*sprite, white->span(), 10, 100);
  int darkest = 255, brightest_inside = 0;
  for (int y = 100; y < 100 + sprite->height; ++y) {
    for (int x = 10; x < 10 + sprite->width; ++x) {
      const int luma = at(white->view(), x, y).y;
      darkest = std::min(darkest, luma);
      brightest_inside = std::max(brightest_inside, luma);
    }
  }
  EXPECT_LT(darkest, 115);  // contrast above 4.5:1 with the letters
  EXPECT_GT(brightest_inside, 220);
  EXPECT_EQ(at(white->view(), 5, 100).y, 235);  // nothing outside
}

TEST(LabelRenderer, different_letters_give_different_pixels) {
  LabelRenderer labels;
  auto with = labels.render("Ở", {.plate = false}), without = labels.render("O", {.plate = false});
  ASSERT_TRUE(with && without);
  EXPECT_NE(with->alpha, without->alpha);  // marks are drawn, not lost to a missing glyph
}

TEST(Blend, cuts_off_what_sticks_out) {
  LabelRenderer labels;
  auto sprite = labels.render("một tên khá dài", {.font_px = 24});
  auto small = testing::solid_buffer({32, 16}, testing::kGrey);
  blend(*sprite, small->span(), 8, 8);
  blend(*sprite, small->span(), 40, 8);
  blend(*sprite, small->span(), -4, 8);
  EXPECT_EQ(at(small->view(), 0, 0).y, testing::kGrey.y);
}

}  // namespace
}  // namespace diemcau::media
