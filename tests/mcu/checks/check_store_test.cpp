#include "mcu/checks/check_store.hpp"

#include <gtest/gtest.h>
#include <soci/soci.h>

#include "tests/base/storage/testing/database_test.hpp"

namespace diemcau::mcu {
namespace {

using namespace std::chrono;

class CheckStoreOn : public diemcau::testing::DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (!database_) return;
    ASSERT_TRUE(database_->migrate(CheckStore::schema()));
    store_ = std::make_unique<CheckStore>(*database_, clock_);
  }
  static std::string id(int number) {
    std::string out = std::to_string(number);
    return std::string(32 - out.size(), 'a') + out;
  }
  SiteCheck check(int number, const std::string& unit = "HD-300",
                  const std::string& device = "may-1") {
    SiteCheck out;
    out.id = id(number);
    out.unit = UnitCode(unit);
    out.device = device;
    out.device_name = "Máy phòng họp";
    out.actor = unit + "/site";
    out.figures.connected = true;
    out.figures.up = number;
    return out;
  }
  Result<SiteCheck> put(const SiteCheck& check) {
    clock_.advance(seconds(1));
    return store_->put(check);
  }
  std::unique_ptr<CheckStore> store_;
};

TEST_P(CheckStoreOn, gives_back_the_newest_of_each_unit_and_device) {
  ASSERT_TRUE(put(check(1)));
  ASSERT_TRUE(put(check(2)));
  ASSERT_TRUE(put(check(3, "HD-300", "may-2")));
  ASSERT_TRUE(put(check(4, "HD-SNV")));
  const auto latest = store_->latest().value();
  ASSERT_EQ(latest.size(), 3u);
  EXPECT_EQ(latest[0].id, id(4));
  EXPECT_EQ(latest[1].id, id(3));
  EXPECT_EQ(latest[2].id, id(2));
  EXPECT_EQ(latest[2].figures.up, 2);
  EXPECT_EQ(latest[2].device_name, "Máy phòng họp");
  EXPECT_EQ(latest[2].actor, "HD-300/site");
  EXPECT_EQ(latest[0].at, clock_.wall());
}

TEST_P(CheckStoreOn, told_twice_it_is_one_result) {
  ASSERT_TRUE(put(check(1)));
  auto again = check(1);
  again.figures.speaker = "heard";
  ASSERT_TRUE(put(again));
  const auto latest = store_->latest().value();
  ASSERT_EQ(latest.size(), 1u);
  EXPECT_EQ(latest[0].figures.speaker, "heard");
}

TEST_P(CheckStoreOn, another_s_result_is_not_overwritten) {
  ASSERT_TRUE(put(check(1)));
  EXPECT_EQ(put(check(1, "HD-SNV")).error().code, "check.taken");
  auto other = check(1);
  other.actor = "account:lan";
  EXPECT_EQ(put(other).error().code, "check.taken");
  EXPECT_EQ(store_->latest().value()[0].unit, UnitCode("HD-300"));
}

TEST_P(CheckStoreOn, keeps_one_result_of_each_device_so_that_none_pushes_another_out) {
  ASSERT_TRUE(put(check(1, "HD-300", "hoi-truong")));
  ASSERT_TRUE(put(check(2, "HD-SNV", "may-1")));
  for (int i = 10; i < 10 + 2 * CheckStore::kDevicesOfUnit; ++i)
    ASSERT_TRUE(put(check(i, "HD-300", "may-1")));
  long long rows = 0;
  ASSERT_TRUE(database_->run([&](soci::session& session) {
    session << "SELECT COUNT(*) FROM site_checks WHERE unit = 'HD-300'", soci::into(rows);
  }));
  EXPECT_EQ(rows, 2);
  const auto latest = store_->latest().value();
  ASSERT_EQ(latest.size(), 3u);
  EXPECT_EQ(latest[2].id, id(1)) << "the hall's own is still there";
  EXPECT_EQ(latest[1].id, id(2)) << "another unit's device of the same number as well";
}

TEST_P(CheckStoreOn, keeps_a_unit_s_newest_devices_and_none_for_ever) {
  for (int i = 1; i <= CheckStore::kDevicesOfUnit + 5; ++i)
    ASSERT_TRUE(put(check(i, "HD-300", "may-" + std::to_string(i))));
  ASSERT_TRUE(put(check(900, "HD-SNV")));
  auto latest = store_->latest().value();
  EXPECT_EQ(latest.size(), static_cast<std::size_t>(CheckStore::kDevicesOfUnit) + 1);
  EXPECT_EQ(latest.back().id, id(6)) << "the first five made room";
  clock_.advance(CheckStore::kKept + hours(1));
  ASSERT_TRUE(put(check(901, "HD-SNV", "may-9")));
  latest = store_->latest().value();
  ASSERT_EQ(latest.size(), 1u);
  EXPECT_EQ(latest[0].id, id(901));
}

TEST_P(CheckStoreOn, refuses_ids_and_names_that_are_none) {
  auto bad = check(1);
  bad.id = "1";
  EXPECT_EQ(put(bad).error().code, "check.bad_id");
  bad = check(1);
  bad.id[0] = 'G';
  EXPECT_EQ(put(bad).error().code, "check.bad_id");
  for (const std::string device : {"", "a b", "<b>"}) {
    bad = check(1);
    bad.device = device;
    EXPECT_EQ(put(bad).error().code, "check.bad_device") << device;
  }
  bad = check(1);
  bad.device_name = "tên\u202eđảo";
  EXPECT_EQ(put(bad).error().code, "check.bad_device");
  EXPECT_TRUE(store_->latest().value().empty());
}

DIEMCAU_BOTH_BACK_ENDS(CheckStoreOn);

}  // namespace
}  // namespace diemcau::mcu
