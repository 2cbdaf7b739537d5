#include <boost/json.hpp>

#include "mcu/api/device_rights.hpp"
#include "tests/mcu/api/api_fixture.hpp"

namespace diemcau::test {
namespace {

namespace json = boost::json;

class Devices : public ApiTest {
 protected:
  static json::object parsed(const RawResponse& response) {
    boost::system::error_code error;
    auto value = json::parse(response.body, error);
    return error || !value.is_object() ? json::object() : value.as_object();
  }
  static std::string code(const RawResponse& response) {
    const auto body = parsed(response);
    return body.contains("code") ? std::string(body.at("code").as_string()) : "";
  }
  RawResponse post(const std::string& path, const std::string& body, const std::string& lines) {
    return ask("POST", path, lines + kJson, body);
  }
  struct Asked {
    std::string code, secret;
  };
  Asked ask_to_enrol() {
    const auto asked = post("/api/v1/devices/requests", "{}", "");
    EXPECT_EQ(asked.status, 201) << asked.body;
    const auto body = parsed(asked);
    return {std::string(body.at("code").as_string()),
            std::string(body.at("device_code").as_string())};
  }
  RawResponse take(const Asked& asked) {
    return post("/api/v1/devices/requests/take", R"({"device_code":")" + asked.secret + "\"}", "");
  }
  RawResponse enrol(const Asked& asked, const std::string& unit, const std::string& who = "admin") {
    return post("/api/v1/devices",
                R"({"code":")" + asked.code + R"(","unit":")" + unit + R"(","name":"Hội trường"})",
                bearer(who));
  }
  /// The Cookie field of a response's Set-Cookie.
  static std::string cookie_of(const RawResponse& response) {
    const auto field = response.header("set-cookie");
    return "Cookie: " + field.substr(0, field.find(';')) + "\r\n";
  }
};

TEST_F(Devices, a_hall_s_computer_enrols_and_learns_of_its_unit_s_meeting) {
  const auto asked = ask_to_enrol();
  EXPECT_EQ(parsed(take(asked)).at("state"), "waiting");
  EXPECT_EQ(take(asked).header("set-cookie"), "");
  const auto seen = ask("GET", "/api/v1/devices/requests/" + asked.code, bearer("admin"));
  EXPECT_EQ(parsed(seen).at("address"), "127.0.0.1");
  const auto made = enrol(asked, "HD-10507");
  ASSERT_EQ(made.status, 201) << made.body;
  const auto taken = take(asked);
  EXPECT_EQ(parsed(taken).at("state"), "enrolled");
  EXPECT_NE(taken.header("set-cookie").find("HttpOnly; SameSite=Strict; Max-Age=34560000"),
            std::string::npos);
  const auto in = post("/api/v1/session", R"({"device":true})", cookie_of(taken));
  ASSERT_EQ(in.status, 200) << in.body;
  EXPECT_EQ(parsed(in).at("role"), "site");
  EXPECT_EQ(parsed(in).at("unit"), "HD-10507");
  const auto mine = cookie_of(in);
  const auto kiosk = parsed(ask("GET", "/api/v1/kiosk", mine));
  EXPECT_EQ(kiosk.at("unit_name"), "UBND phường Cẩm Thượng");
  EXPECT_EQ(kiosk.at("name"), "Hội trường");
  EXPECT_EQ(kiosk.at("meeting").at("enter"), true);
  EXPECT_EQ(kiosk.at("meeting").at("seated"), false);
  conferences.seated = "HD-10507";
  EXPECT_EQ(parsed(ask("GET", "/api/v1/kiosk", mine)).at("meeting").at("seated"), true);
  EXPECT_EQ(ask("GET", "/api/v1/meetings/" + meeting, mine).status, 200);
  // It lets in nobody else and plans nothing.
  EXPECT_EQ(ask("GET", "/api/v1/devices", mine).status, 403);
  EXPECT_EQ(post("/api/v1/meetings", R"({"title":"x"})", mine).status, 403);
  const std::string id(parsed(made).at("id").as_string());
  EXPECT_EQ(conferences.count("end_visits device:" + id), 0);
  EXPECT_EQ(ask("DELETE", "/api/v1/devices/" + id, bearer("admin")).status, 204);
  EXPECT_EQ(conferences.count("end_visits device:" + id), 1) << "it leaves its meeting as well";
  EXPECT_EQ(ask("GET", "/api/v1/kiosk", mine).status, 401);
  EXPECT_EQ(post("/api/v1/session", R"({"device":true})", cookie_of(taken)).status, 401);
}

TEST_F(Devices, a_hall_is_told_only_of_meetings_it_is_called_to) {
  const auto asked = ask_to_enrol();
  ASSERT_EQ(enrol(asked, "HD-300").status, 201);
  const auto mine =
      cookie_of(post("/api/v1/session", R"({"device":true})", cookie_of(take(asked))));
  for (const auto& id : {meeting, other})
    ASSERT_EQ(
        post("/api/v1/meetings/" + id + "/state", R"({"to":"closed"})", bearer("admin")).status,
        200);
  EXPECT_TRUE(parsed(ask("GET", "/api/v1/kiosk", mine)).at("meeting").is_null());
  // A meeting of the communes below it is not the district's own.
  const auto below =
      post("/api/v1/meetings", R"({"title":"Xã","expect":"HD-300/commune"})", bearer("admin"));
  ASSERT_EQ(below.status, 201) << below.body;
  EXPECT_TRUE(parsed(ask("GET", "/api/v1/kiosk", mine)).at("meeting").is_null());
  EXPECT_EQ(ask("GET", below.header("location"), mine).status, 403);
  ASSERT_EQ(
      post("/api/v1/meetings", R"({"title":"Huyện","expect":"HD-300"})", bearer("admin")).status,
      201);
  EXPECT_EQ(parsed(ask("GET", "/api/v1/kiosk", mine)).at("meeting").at("title"), "Huyện");
}

TEST_F(Devices, are_enrolled_and_listed_by_accounts_only) {
  const auto asked = ask_to_enrol();
  for (const char* who : {"site", "viewer", "secretary", "chair", "other"}) {
    EXPECT_EQ(enrol(asked, "HD-10507", who).status, 403) << who << " is a token";
    EXPECT_EQ(ask("GET", "/api/v1/devices", bearer(who)).status, 403) << who;
    EXPECT_EQ(ask("GET", "/api/v1/devices/requests/" + asked.code, bearer(who)).status, 403) << who;
    EXPECT_EQ(ask("DELETE", "/api/v1/devices/x", bearer(who)).status, 403) << who;
    EXPECT_EQ(ask("GET", "/api/v1/kiosk", bearer(who)).status, 403) << who;
  }
  EXPECT_EQ(ask("GET", "/api/v1/devices").status, 401);
  EXPECT_EQ(ask("GET", "/api/v1/devices", bearer("admin")).status, 200);
}

TEST_F(Devices, refuse_bad_input_and_floods) {
  const auto asked = ask_to_enrol();
  EXPECT_EQ(code(enrol(asked, "HD-99999")), "units.unknown");
  EXPECT_EQ(code(enrol({"aaaaaaaa", ""}, "HD-10507")), "device.no_request");
  EXPECT_EQ(post("/api/v1/devices", R"({"code":5,"unit":"HD","name":"x"})", bearer("admin")).status,
            400);
  EXPECT_EQ(code(post("/api/v1/devices",
                      R"({"code":")" + asked.code + R"(","unit":"HD","name":"a\u202Eb\n"})",
                      bearer("admin"))),
            "device.bad_name");
  EXPECT_EQ(take({"", std::string(43, 'x')}).status, 404);
  EXPECT_EQ(take({"", std::string(200, 'x')}).status, 400);
  EXPECT_EQ(post("/api/v1/session", R"({"device":true})", "").status, 401);
  EXPECT_EQ(post("/api/v1/session", R"({"device":"yes"})", "").status, 400);
  RawResponse last;
  for (int i = 0; i < 10; ++i) last = post("/api/v1/devices/requests", "{}", "");
  EXPECT_EQ(last.status, 429);
  EXPECT_GT(std::stoi(last.header("retry-after")), 0);
}

TEST(EnrolmentLimits, let_a_province_s_halls_ask_at_once_and_one_address_not_fill_the_store) {
  using namespace std::chrono_literals;
  const TimePoint morning{std::chrono::hours(1)};
  mcu::PinThrottle behind_one_address(mcu::enrolment_limits()),
      behind_many(mcu::enrolment_limits());
  for (int hall = 0; hall < 266; ++hall) {
    EXPECT_EQ(behind_one_address.ask("device", "10.0.0.1", morning), 0s) << hall;
    EXPECT_EQ(behind_many.ask("device", std::to_string(hall), morning), 0s) << hall;
  }
  // Nobody has typed their codes: 15 minutes later each asks for another.
  const auto again = morning + 15min;
  for (int hall = 0; hall < 266; ++hall) {
    EXPECT_EQ(behind_one_address.ask("device", "10.0.0.1", again), 0s) << hall;
    EXPECT_EQ(behind_many.ask("device", std::to_string(hall), again), 0s) << hall;
  }
  mcu::PinThrottle flooded(mcu::enrolment_limits());
  std::size_t given = 0;
  for (auto at = morning; at < again; at += 1s)
    for (int i = 0; i < 400; ++i) given += flooded.ask("device", "10.0.0.1", at) == 0s ? 1 : 0;
  EXPECT_GE(given, 2u * 266);
  EXPECT_LT(given, signaling::DeviceStore::kMostRequests);
}

TEST(DeviceRights, follow_role_and_node) {
  using signaling::Role;
  struct Row {
    Role role;
    bool own, below, foreign;
  };
  const UnitCode own("HD-300"), below("HD-11254"), foreign("HD-288");
  for (const auto& row :
       {Row{Role::admin, true, true, true}, Row{Role::chair, true, true, false},
        Row{Role::secretary, true, true, false}, Row{Role::site, true, false, false},
        Row{Role::viewer, false, false, false}}) {
    mcu::Reach reach;
    reach.who.role = row.role;
    reach.who.unit = own;
    reach.who.account = AccountId("a");
    if (row.role != Role::admin) reach.units = {own, below};
    const auto role = signaling::name_of(row.role);
    EXPECT_EQ(bool(mcu::check_may_enrol(reach, own)), row.own) << role;
    EXPECT_EQ(bool(mcu::check_may_enrol(reach, below)), row.below) << role;
    EXPECT_EQ(bool(mcu::check_may_enrol(reach, foreign)), row.foreign) << role;
    auto token = reach;
    token.who.account = AccountId();
    token.who.meeting = MeetingId("m");
    EXPECT_FALSE(mcu::check_may_enrol(token, own)) << "a token, as " << role;
    auto device = reach;
    device.who.account = AccountId();
    device.who.device = "d";
    EXPECT_FALSE(mcu::check_may_enrol(device, own)) << "a device, as " << role;
  }
}

}  // namespace
}  // namespace diemcau::test
