#include "mcu/meetings/documents/picture_structure.hpp"

#include <gtest/gtest.h>

#include "mcu/meetings/documents/relationships.hpp"
#include "tests/mcu/meetings/documents/samples.hpp"

namespace diemcau::mcu {
namespace {

std::span<const std::uint8_t> bytes(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
std::string code(const Result<PictureExtent>& result) {
  return result ? "" : result.error().code;
}

TEST(PictureStructure, tells_the_size_of_a_whole_picture) {
  const auto small = check_png(bytes(test::png(640, 360)));
  ASSERT_TRUE(small) << small.error().detail;
  EXPECT_EQ(small->width, 640u);
  EXPECT_EQ(small->height, 360u);
  const auto block = check_jpeg(bytes(test::jpeg()));
  ASSERT_TRUE(block) << block.error().detail;
  EXPECT_EQ(block->width, 8u);
  EXPECT_EQ(block->height, 8u);
}

TEST(PictureStructure, refuses_a_picture_that_stops_anywhere_before_its_end) {
  const std::string png = test::png(), jpeg = test::jpeg();
  for (std::size_t size = 0; size < png.size(); ++size)
    EXPECT_EQ(code(check_png(bytes(png.substr(0, size)))), "document.damaged") << size;
  for (std::size_t size = 0; size < jpeg.size(); ++size)
    EXPECT_EQ(code(check_jpeg(bytes(jpeg.substr(0, size)))), "document.damaged") << size;
}

TEST(PictureStructure, refuses_a_png_with_one_wrong_byte) {
  const std::string png = test::png();
  for (std::size_t at = 0; at < png.size(); ++at) {
    std::string wrong = png;
    wrong[at] = static_cast<char>(wrong[at] ^ 0x10);
    EXPECT_NE(code(check_png(bytes(wrong))), "") << at;
  }
}

TEST(PictureStructure, refuses_what_hangs_behind_a_png_and_more_pixels_than_can_be_borne) {
  EXPECT_EQ(code(check_png(bytes(test::png() + "<script>"))), "document.damaged");
  EXPECT_EQ(code(check_png(bytes(test::png(20'001, 1)))), "document.too_complex");
  EXPECT_EQ(code(check_png(bytes(test::png(20'000, 20'000)))), "document.too_complex");
  EXPECT_EQ(code(check_png(bytes(test::png(0, 1)))), "document.damaged");
}

TEST(Relationships, lead_outside_only_by_links_to_click_on) {
  const std::string kind =
      " Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
  EXPECT_FALSE(reaches_outside("<Relationship" + kind + "styles\" Target=\"styles.xml\"/>"));
  EXPECT_FALSE(reaches_outside("<Relationship" + kind +
                               "hyperlink\" Target=\"https://x\" TargetMode=\"External\"/>"));
  EXPECT_TRUE(reaches_outside("<Relationship" + kind +
                              "attachedTemplate\" Target=\"//x/y\" TargetMode=\"External\"/>"));
  EXPECT_TRUE(reaches_outside("<Relationship TargetMode=\"&#69;xternal\"/>"));
  EXPECT_TRUE(reaches_outside("<!DOCTYPE x><Relationship/>"));
  EXPECT_TRUE(reaches_outside(std::string_view("<\0R\0e\0l\0", 8)));
}

}  // namespace
}  // namespace diemcau::mcu
