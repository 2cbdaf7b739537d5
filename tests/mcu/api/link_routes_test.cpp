#include <boost/json.hpp>

#include "tests/mcu/api/api_fixture.hpp"

namespace diemcau::test {
namespace {

namespace json = boost::json;

class UnitLinks : public ApiTest {
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
  RawResponse post(const std::string& path, const std::string& body,
                   const std::string& who = "admin") {
    return ask("POST", path, (who.empty() ? "" : bearer(who)) + kJson, body);
  }
  std::string path() { return "/api/v1/meetings/" + meeting + "/links"; }
  struct Made {
    std::string secret, pin;
  };
  Made make() {
    const auto made = post(path(), R"({"units":["HD-10507"]})");
    EXPECT_EQ(made.status, 201) << made.body;
    const auto link = parsed(made).at("links").at(0).as_object();
    const std::string url(link.at("url").as_string());
    return {url.substr(url.find('=') + 1), std::string(link.at("pin").as_string())};
  }
  RawResponse open(const std::string& secret, const std::string& pin) {
    return post("/api/v1/session", R"({"link":")" + secret + R"(","pin":")" + pin + "\"}", "");
  }
  static std::string wrong(const Made& made) { return made.pin == "000000" ? "000001" : "000000"; }
};

TEST_F(UnitLinks, open_the_unit_s_seat_in_their_meeting_only) {
  api.public_url = "https://hop.example.vn";
  limit_documents({});
  const auto made = make();
  const auto about = parsed(post("/api/v1/links/look", R"({"link":")" + made.secret + "\"}", ""));
  EXPECT_EQ(about.at("name"), "UBND phường Cẩm Thượng");
  EXPECT_EQ(about.at("meeting").at("title"), "Giao ban");
  const auto in = open(made.secret, made.pin);
  ASSERT_EQ(in.status, 200) << in.body;
  EXPECT_EQ(parsed(in).at("role"), "site");
  EXPECT_EQ(parsed(in).at("unit"), "HD-10507");
  EXPECT_EQ(parsed(in).at("meeting"), json::string_view(meeting));
  const auto field = in.header("set-cookie");
  EXPECT_NE(field.find("HttpOnly"), std::string::npos);
  const auto mine = "Cookie: " + field.substr(0, field.find(';')) + "\r\n";
  EXPECT_EQ(ask("GET", "/api/v1/meetings/" + meeting, mine).status, 200);
  EXPECT_EQ(code(ask("GET", "/api/v1/meetings/" + other, mine)), "auth.other_meeting");
  EXPECT_EQ(ask("GET", path(), mine).status, 403);
  const auto made_again = post(path(), R"({"units":["HD-10507"]})");
  EXPECT_EQ(parsed(made_again)
                .at("links")
                .at(0)
                .at("url")
                .as_string()
                .find("https://hop.example.vn/join#link="),
            0U);
  EXPECT_EQ(made_again.header("cache-control"), "no-store");
  EXPECT_EQ(ask("GET", "/api/v1/meetings/" + meeting, mine).status, 401) << "replaced";
}

TEST_F(UnitLinks, are_locked_after_five_wrong_pins_and_say_how_long) {
  const auto made = make();
  for (int i = 0; i < 5; ++i) {
    const auto refused = open(made.secret, wrong(made));
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(code(refused), "link.wrong_pin");
  }
  const auto locked = open(made.secret, made.pin);
  EXPECT_EQ(locked.status, 429);
  EXPECT_EQ(code(locked), "link.too_many_pins");
  EXPECT_GT(std::stoi(locked.header("retry-after")), 30);
  const auto list = parsed(ask("GET", path(), bearer("admin")));
  const auto& rows = list.at("units").as_array();
  EXPECT_EQ(rows.size(), 266U);
  for (const auto& unit : rows)
    if (unit.at("unit") == "HD-10507") {
      EXPECT_EQ(unit.at("link").at("wrong_pins"), 5);
    }
  const auto pin = post(path() + "/HD-10507/pin", "{}");
  ASSERT_EQ(pin.status, 200) << pin.body;
  EXPECT_EQ(open(made.secret, std::string(parsed(pin).at("pin").as_string())).status, 200)
      << "a new PIN ends the wait";
}

TEST_F(UnitLinks, end_with_revoking_and_with_the_meeting) {
  auto made = make();
  EXPECT_EQ(ask("DELETE", path() + "/HD-10507", bearer("admin")).status, 204);
  EXPECT_EQ(code(open(made.secret, made.pin)), "link.unknown");
  EXPECT_EQ(ask("DELETE", path() + "/HD-10507", bearer("admin")).status, 404);
  EXPECT_EQ(post(path() + "/HD-10507/pin", "{}").status, 404);
  made = make();
  const auto in = open(made.secret, made.pin);
  const auto field = in.header("set-cookie");
  ASSERT_EQ(post("/api/v1/meetings/" + meeting + "/state", R"({"to":"closed"})").status, 200);
  EXPECT_EQ(code(open(made.secret, made.pin)), "link.unknown");
  EXPECT_EQ(
      ask("GET", "/api/v1/session", "Cookie: " + field.substr(0, field.find(';')) + "\r\n").status,
      401);
  EXPECT_EQ(code(post(path(), R"({"units":["HD-10507"]})")), "meeting.closed");
}

TEST_F(UnitLinks, that_are_revoked_renewed_or_made_anew_end_the_visits_of_who_came_in_by_them) {
  const std::string one = path() + "/HD-10507";
  const auto come_in = [this](const Made& made) {
    EXPECT_EQ(open(made.secret, made.pin).status, 200);
    for (const auto& token : tokens->list(MeetingId(meeting)).value())
      if (!token.revoked) return "end_visits token:" + token.id;
    return std::string("nobody");
  };
  auto made = make();
  EXPECT_EQ(ask("DELETE", one, bearer("admin")).status, 204);
  made = make();
  auto visit = come_in(made);
  const auto pin = post(one + "/pin", "{}");
  ASSERT_EQ(pin.status, 200) << pin.body;
  EXPECT_EQ(conferences.count(visit), 1);
  made.pin = std::string(parsed(pin).at("pin").as_string());
  visit = come_in(made);
  EXPECT_EQ(conferences.count(visit), 0);
  made = make();
  EXPECT_EQ(conferences.count(visit), 1);
  visit = come_in(made);
  EXPECT_EQ(ask("DELETE", one, bearer("site")).status, 403);
  EXPECT_EQ(conferences.count(visit), 0) << "refused";
  EXPECT_EQ(ask("DELETE", one, bearer("admin")).status, 204);
  EXPECT_EQ(conferences.count(visit), 1);
  EXPECT_EQ(conferences.count("end_visits token:"), 0) << "by a link nobody opened";
}

TEST_F(UnitLinks, let_computers_that_come_at_the_very_same_moment_in_and_none_of_them_out) {
  const auto made = make();
  const auto come = request("POST", "/api/v1/session", kJson,
                            R"({"link":")" + made.secret + R"(","pin":")" + made.pin + "\"}");
  RawClient first(port()), second(port());
  first.send(come);
  second.send(come);
  for (RawClient* client : {&first, &second}) {
    const auto in = client->read();
    ASSERT_EQ(in.status, 200) << in.body;
    const auto field = in.header("set-cookie");
    const auto mine = "Cookie: " + field.substr(0, field.find(';')) + "\r\n";
    EXPECT_EQ(ask("GET", "/api/v1/meetings/" + meeting, mine).status, 200);
  }
  int good = 0;
  for (const auto& token : tokens->list(MeetingId(meeting)).value()) good += token.revoked ? 0 : 1;
  EXPECT_EQ(good, 1) << "one for all, so that revoking the link reaches them all";
}

TEST_F(UnitLinks, are_kept_by_who_plans_the_meeting) {
  make();
  const std::string one = path() + "/HD-10507";
  for (const char* who : {"site", "viewer", "other", ""}) {
    const int expected = *who == '\0' ? 401 : 403;
    const auto as = *who == '\0' ? std::string() : bearer(who);
    EXPECT_EQ(ask("GET", path(), as).status, expected) << who;
    EXPECT_EQ(post(path(), R"({"units":["HD-10507"]})", who).status, expected) << who;
    EXPECT_EQ(post(one + "/pin", "{}", who).status, expected) << who;
    EXPECT_EQ(ask("DELETE", one, as).status, expected) << who;
  }
  for (const char* who : {"chair", "secretary", "admin"}) {
    EXPECT_EQ(ask("GET", path(), bearer(who)).status, 200) << who;
    EXPECT_EQ(post(one + "/pin", "{}", who).status, 200) << who;
    EXPECT_EQ(ask("GET", "/api/v1/meetings/" + other + "/links", bearer(who)).status,
              who == std::string("admin") ? 200 : 403)
        << who;
  }
}

TEST_F(UnitLinks, refuse_bad_input_and_change_nothing) {
  std::string many = R"({"units":[)";
  for (int i = 0; i < 26; ++i) many += (i == 0 ? "\"HD-" : ",\"HD-") + std::to_string(i) + "\"";
  const std::vector<std::pair<std::string, const char*>> table{
      {"{}", "request.bad_body"},
      {R"({"units":"HD-10507"})", "request.bad_body"},
      {R"({"units":[5]})", "request.bad_body"},
      {R"({"units":[""]})", "request.bad_body"},
      {R"({"units":[")" + std::string(65, 'x') + R"("]})", "request.bad_body"},
      {R"({"units":[]})", "link.too_many"},
      {R"({"units":["HD-99999"]})", "link.not_expected"},
      {R"({"units":["HD-10507","HD-99999"]})", "link.not_expected"},
      {many + "]}", "link.not_expected"},
  };
  for (const auto& [body, expected] : table) {
    const auto refused = post(path(), body);
    EXPECT_EQ(refused.status, 400) << body.substr(0, 80);
    EXPECT_EQ(code(refused), expected) << body.substr(0, 80);
  }
  const auto list = parsed(ask("GET", path(), bearer("admin")));
  for (const auto& unit : list.at("units").as_array()) EXPECT_TRUE(unit.at("link").is_null());
  for (const char* body : {R"({"link":"x"})", R"({"link":"x","pin":5})", R"({"link":5,"pin":"1"})",
                           R"({"link":"x","pin":""})"})
    EXPECT_EQ(post("/api/v1/session", body, "").status, 400) << body;
  EXPECT_EQ(code(open("x", "123456")), "link.unknown");
  EXPECT_EQ(code(open(std::string(43, 'x'), "123456")), "link.unknown");
  EXPECT_EQ(post("/api/v1/links/look", R"({"link":")" + std::string(200, 'x') + "\"}", "").status,
            400);
}

}  // namespace
}  // namespace diemcau::test
