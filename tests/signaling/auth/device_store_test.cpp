#include "signaling/auth/device_store.hpp"

#include <gtest/gtest.h>
#include <soci/soci.h>

#include "signaling/auth/account_store.hpp"
#include "signaling/auth/session_store.hpp"
#include "tests/base/storage/testing/database_test.hpp"

namespace diemcau::signaling {
namespace {

using namespace std::chrono_literals;

class DeviceStoreOn : public diemcau::testing::DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (!database_) return;
    ASSERT_TRUE(database_->migrate(AccountStore::schema()));
    devices_ = std::make_unique<DeviceStore>(*database_, clock_);
  }
  static NewDevice hall(const std::string& name = "Hội trường tầng 2") {
    return {UnitCode("HD-10507"), name, "UBND phường Cẩm Thượng", "Nguyễn Văn A"};
  }
  DeviceStore::Taken enrolled() {
    const auto asked = devices_->ask("10.0.0.9", "Chromium").value();
    EXPECT_TRUE(devices_->enrol(asked.code, hall()));
    return devices_->take(asked.secret).value().value();
  }
  std::unique_ptr<DeviceStore> devices_;
};

TEST_P(DeviceStoreOn, lets_a_device_in_by_the_code_it_shows) {
  const auto asked = devices_->ask("10.0.0.9", "Mozilla/5.0 Chromium/156\r\n\x01").value();
  EXPECT_EQ(asked.code.size(), 8u);
  EXPECT_FALSE(devices_->take(asked.secret).value()) << "nobody has typed it yet";
  auto typed = asked.code;
  for (char& c : typed) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  typed.insert(4, "- ");
  const auto request = devices_->find_request(typed).value();
  EXPECT_EQ(request.address, "10.0.0.9");
  EXPECT_EQ(request.browser, "Mozilla/5.0 Chromium/156");
  const auto device = devices_->enrol(typed, hall()).value();
  EXPECT_EQ(devices_->enrol(typed, hall()).error().code, "device.no_request") << "once";
  EXPECT_EQ(devices_->find_request(typed).error().code, "device.no_request");
  const auto taken = devices_->take(asked.secret).value().value();
  EXPECT_EQ(taken.device.id, device.id);
  EXPECT_EQ(devices_->take(asked.secret).error().code, "device.no_request") << "once";
  const auto who = identity_of(devices_->resolve(taken.secret).value());
  EXPECT_EQ(who.role, Role::site);
  EXPECT_EQ(who.unit, UnitCode("HD-10507"));
  EXPECT_EQ(who.name, "UBND phường Cẩm Thượng");
  EXPECT_EQ(who.device, device.id);
}

TEST_P(DeviceStoreOn, keeps_only_hashes) {
  const auto taken = enrolled();
  std::string hash;
  ASSERT_TRUE(database_->run([&](soci::session& session) {
    session << "SELECT secret_hash FROM devices", soci::into(hash);
  }));
  EXPECT_EQ(hash.find(taken.secret), std::string::npos);
  EXPECT_EQ(hash.size(), 64u);
}

TEST_P(DeviceStoreOn, forgets_a_code_after_a_quarter_of_an_hour) {
  const auto asked = devices_->ask("10.0.0.9", "").value();
  clock_.advance(15min);
  EXPECT_FALSE(devices_->find_request(asked.code));
  EXPECT_FALSE(devices_->enrol(asked.code, hall()));
  EXPECT_EQ(devices_->take(asked.secret).error().code, "device.no_request");
}

TEST_P(DeviceStoreOn, holds_so_many_requests_and_no_more) {
  EXPECT_GE(DeviceStore::kMostRequests, 3u * 266) << "a province's halls, each asking thrice";
  for (std::size_t i = 0; i < DeviceStore::kMostRequests; ++i)
    ASSERT_TRUE(devices_->ask("10.0.0.9", ""));
  EXPECT_EQ(devices_->ask("10.0.0.9", "").error().code, "device.too_many_requests");
  clock_.advance(15min);
  EXPECT_TRUE(devices_->ask("10.0.0.9", "")) << "expired ones are removed";
}

TEST_P(DeviceStoreOn, revoking_ends_device_and_session_at_once) {
  SessionStore sessions(*database_, clock_);
  const auto taken = enrolled();
  const auto cookie = sessions.create(taken.device).value();
  const auto who = sessions.resolve(cookie).value();
  EXPECT_EQ(who.device, taken.device.id);
  EXPECT_FALSE(who.meeting);
  ASSERT_TRUE(devices_->revoke(taken.device.id));
  EXPECT_FALSE(sessions.resolve(cookie));
  EXPECT_EQ(devices_->resolve(taken.secret).error().code, "auth.no_session");
  EXPECT_EQ(devices_->revoke(taken.device.id).error().code, "device.not_found");
}

TEST_P(DeviceStoreOn, notes_when_it_was_seen_once_a_minute) {
  const auto taken = enrolled();
  EXPECT_FALSE(devices_->find(taken.device.id).value().seen_at);
  ASSERT_TRUE(devices_->resolve(taken.secret));
  const auto first = devices_->list().value().front().seen_at;
  ASSERT_TRUE(first);
  clock_.advance(30s);
  ASSERT_TRUE(devices_->resolve(taken.secret));
  EXPECT_EQ(devices_->list().value().front().seen_at, first);
  clock_.advance(30s);
  ASSERT_TRUE(devices_->resolve(taken.secret));
  EXPECT_GT(devices_->list().value().front().seen_at, first);
}

TEST_P(DeviceStoreOn, refuses_malformed_codes_secrets_and_names) {
  for (const std::string& code :
       {std::string(), std::string("abc"), std::string(100'000, 'a'), std::string("abcdefg\0", 8),
        std::string("abcdefg'"), std::string("áéíóúýâê")}) {
    EXPECT_EQ(devices_->find_request(code).error().code, "device.no_request");
    EXPECT_EQ(devices_->enrol(code, hall()).error().code, "device.no_request");
  }
  EXPECT_FALSE(devices_->take(std::string(100'000, 'a')));
  EXPECT_FALSE(devices_->resolve(""));
  EXPECT_FALSE(devices_->resolve("-" + std::string(16, 'a'))) << "one not taken has no secret";
  const auto asked = devices_->ask("10.0.0.9", "").value();
  for (const std::string& name :
       {std::string(), std::string("a\nb"), std::string("a\x7f"), std::string("a\u202Eb"),
        std::string(101, 'x'), std::string(100'000, 'x')})
    EXPECT_EQ(devices_->enrol(asked.code, hall(name)).error().code, "device.bad_name");
  EXPECT_TRUE(devices_->enrol(asked.code, hall("<b>Phòng họp</b>"))) << "is shown as text";
}

DIEMCAU_BOTH_BACK_ENDS(DeviceStoreOn);

}  // namespace
}  // namespace diemcau::signaling
