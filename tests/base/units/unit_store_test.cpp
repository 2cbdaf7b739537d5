#include "base/units/unit_store.hpp"

#include <gmock/gmock.h>

#include "tests/base/storage/testing/database_test.hpp"

namespace diemcau {
namespace {

using namespace std::chrono;

constexpr std::string_view kNew =
    "code,parent_code,level,kind,name\nHP,,province,thành phố,UBND thành phố Hải Phòng\n"
    "HP-10507,HP,commune,phường,Phường Thành Đông\n";

class UnitStoreOn : public testing::DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (!database_) return;
    ASSERT_TRUE(database_->migrate(UnitStore::schema()));
    store_ = std::make_unique<UnitStore>(*database_);
  }
  std::unique_ptr<UnitStore> store_;
};
DIEMCAU_BOTH_BACK_ENDS(UnitStoreOn);

TEST_P(UnitStoreOn, has_the_province_of_2023_after_a_first_start) {
  EXPECT_EQ(store_->at(2023y / May / 17).error().code, "units.none");
  ASSERT_TRUE(store_->import_default_if_empty());
  ASSERT_TRUE(store_->import_default_if_empty());
  auto tree = store_->at(2023y / May / 17);
  ASSERT_TRUE(tree);
  EXPECT_EQ((*tree)->units().size(), 266u);
  EXPECT_EQ((*tree)->valid_to(), 2024y / November / 30);
  EXPECT_EQ((*tree)->display_name(UnitCode("HD-10654")), "UBND xã Hồng Phong (Nam Sách)");
}

TEST_P(UnitStoreOn, answers_each_day_with_the_tree_of_that_day) {
  ASSERT_TRUE(store_->import_default_if_empty());
  ASSERT_TRUE(store_->import_csv("hai-phong-2025", kNew, 2025y / July / 1, std::nullopt));
  EXPECT_EQ((*store_->at(2023y / January / 1))->catalogue(), "hai-duong-2023");
  EXPECT_EQ((*store_->at(2025y / July / 1))->catalogue(), "hai-phong-2025");
  EXPECT_EQ((*store_->at(2040y / July / 1))->catalogue(), "hai-phong-2025");
  // The same official code, another unit.
  EXPECT_EQ((*store_->at(2040y / July / 1))->display_name(UnitCode("HP-10507")),
            "UBND phường Thành Đông");
}

TEST_P(UnitStoreOn, uses_the_nearest_catalogue_on_a_day_that_none_covers) {
  ASSERT_TRUE(store_->import_default_if_empty());
  ASSERT_TRUE(store_->import_csv("hai-phong-2025", kNew, 2025y / July / 1, std::nullopt));
  EXPECT_EQ((*store_->at(2025y / June / 30))->catalogue(), "hai-duong-2023");
  EXPECT_EQ((*store_->at(1990y / June / 30))->catalogue(), "hai-duong-2023");
}

TEST_P(UnitStoreOn, finds_a_catalogue_by_name_even_when_another_program_imported_it) {
  auto other_database = open_again();
  UnitStore other(*other_database);
  EXPECT_EQ(store_->catalogue("new").error().code, "units.no_catalogue");
  ASSERT_TRUE(other.import_csv("new", kNew, 2025y / July / 1, std::nullopt));
  ASSERT_TRUE(store_->catalogue("new"));
  EXPECT_EQ((*store_->catalogue("new"))->units().size(), 2u);
}

TEST_P(UnitStoreOn, never_changes_a_catalogue_that_is_there) {
  ASSERT_TRUE(store_->import_csv("new", kNew, 2025y / July / 1, std::nullopt));
  auto again = store_->import_csv("new", kNew, 2026y / July / 1, std::nullopt);
  EXPECT_EQ(again.error().code, "units.in_use");
  EXPECT_EQ(store_->catalogues()->size(), 1u);
}

TEST_P(UnitStoreOn, stores_nothing_of_a_file_it_refuses) {
  EXPECT_FALSE(store_->import_csv("new", "code\nX\n", 2025y / July / 1, std::nullopt));
  EXPECT_FALSE(store_->import_csv("new", std::string(kNew) + "Z,Y,commune,xã,Xã Z\n",
                                  2025y / July / 1, std::nullopt));
  EXPECT_EQ(store_->import_csv("a b", kNew, 2025y / July / 1, std::nullopt).error().code,
            "units.bad_name");
  EXPECT_EQ(store_->import_csv("new", kNew, 2025y / July / 2, 2025y / July / 1).error().code,
            "units.bad_dates");
  EXPECT_TRUE(store_->catalogues()->empty());
}

}  // namespace
}  // namespace diemcau
