#include <boost/json.hpp>

#include "tests/mcu/api/api_fixture.hpp"

namespace diemcau::test {
namespace {

namespace json = boost::json;

class CheckRoutes : public ApiTest {
 protected:
  static json::object parsed(const RawResponse& response) {
    boost::system::error_code error;
    auto value = json::parse(response.body, error);
    return error || !value.is_object() ? json::object() : value.as_object();
  }
  RawResponse open(const std::string& who = "site") {
    return ask("POST", "/api/v1/checks", cookie(who) + kJson, R"({"sdp":"v=0 offer"})");
  }
  RawResponse step(const std::string& name, const std::string& who = "site") {
    return ask("POST", "/api/v1/checks/room-1/steps", cookie(who) + kJson,
               R"({"step":")" + name + R"("})");
  }
};

TEST_F(CheckRoutes, a_test_room_is_opened_by_an_offer_and_needs_no_meeting) {
  const auto opened = open();
  EXPECT_EQ(opened.status, 201);
  EXPECT_EQ(opened.header("location"), "/api/v1/checks/room-1");
  EXPECT_EQ(opened.header("cache-control"), "no-store");
  const auto body = parsed(opened);
  EXPECT_EQ(body.at("id"), "room-1");
  EXPECT_EQ(body.at("sdp"), "v=0 answer");
  EXPECT_EQ(body.at("record_ms"), 5000);
  EXPECT_EQ(body.at("lifetime_ms"), 120'000);
  EXPECT_EQ(open("admin").status, 201);
}

TEST_F(CheckRoutes, a_page_says_which_device_of_its_link_it_is) {
  const auto with = [this](const std::string& device) {
    return ask("POST", "/api/v1/checks", cookie("site") + kJson,
               R"({"sdp":"v=0 offer","device":)" + device + "}");
  };
  EXPECT_EQ(open().status, 201);
  EXPECT_EQ(checks.last_device(), "") << "an older page says none";
  EXPECT_EQ(with(R"("may-1")").status, 201);
  EXPECT_EQ(checks.last_device(), "may-1");
  for (const std::string& bad : {std::string(R"("")"), std::string(R"("a b")"), std::string("5"),
                                 "\"" + std::string(65, 'x') + "\""}) {
    EXPECT_EQ(with(bad).status, 400) << bad;
    EXPECT_EQ(checks.last_device(), "may-1") << bad;
  }
}

TEST_F(CheckRoutes, says_why_it_opens_none) {
  EXPECT_EQ(ask("POST", "/api/v1/checks", kJson, R"({"sdp":"v=0"})").status, 401);
  EXPECT_EQ(ask("POST", "/api/v1/checks", cookie("site") + kJson, "{}").status, 400);
  EXPECT_EQ(ask("POST", "/api/v1/checks", cookie("site") + kJson, R"({"sdp":"x"})").status, 400);
  checks.full = true;
  const auto refused = open();
  EXPECT_EQ(refused.status, 503);
  EXPECT_FALSE(refused.header("retry-after").empty());
  EXPECT_EQ(parsed(refused).at("code"), "check.full");
}

TEST_F(CheckRoutes, steps_are_begun_and_the_room_is_looked_at) {
  open();
  for (const char* name : {"record", "tone", "probe"}) {
    const auto begun = step(name);
    EXPECT_EQ(begun.status, 202) << name;
    EXPECT_EQ(parsed(begun).at("takes_ms"), 5000);
  }
  EXPECT_EQ(step("play").status, 409);
  EXPECT_EQ(step("erase").status, 400);
  EXPECT_EQ(step("").status, 400);
  const auto view = parsed(ask("GET", "/api/v1/checks/room-1", cookie("site")));
  EXPECT_EQ(view.at("state"), "busy");
  EXPECT_EQ(view.at("doing"), "record");
  EXPECT_EQ(view.at("recorded").at("sound_packets"), 250);
  EXPECT_EQ(view.at("uplink_best"), 1'234'567);
}

TEST_F(CheckRoutes, a_room_is_its_owner_s_alone) {
  open();
  EXPECT_EQ(step("record", "chair").status, 404);
  EXPECT_EQ(ask("GET", "/api/v1/checks/room-1", cookie("chair")).status, 404);
  EXPECT_EQ(ask("DELETE", "/api/v1/checks/room-1", cookie("chair")).status, 404);
  EXPECT_EQ(ask("DELETE", "/api/v1/checks/room-1", cookie("site")).status, 204);
  EXPECT_EQ(ask("GET", "/api/v1/checks/room-1", cookie("site")).status, 404);
}

}  // namespace
}  // namespace diemcau::test
