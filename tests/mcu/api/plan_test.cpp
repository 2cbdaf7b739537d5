#include <boost/json.hpp>

#include "tests/mcu/api/api_fixture.hpp"

namespace diemcau::test {
namespace {

namespace json = boost::json;

class MeetingPlan : public ApiTest {
 protected:
  static json::object parsed(const RawResponse& response) {
    boost::system::error_code error;
    auto value = json::parse(response.body, error);
    return error || !value.is_object() ? json::object() : value.as_object();
  }
  std::string draft() {
    return ask("POST", "/api/v1/meetings", bearer("admin") + kJson,
               R"({"title":"Sơ kết quý III","open":false,"kind":"interim","secretary":"HD-SNV",)"
               R"("expect":"HD-300/commune,-HD-11293","starts_at":"2031-11-24T08:00:00+07:00",)"
               R"("agenda":[{"title":"Khai mạc","speaker":"HD","minutes":5}]})")
        .header("location");
  }
  RawResponse send(const char* method, const std::string& path, const std::string& body,
                   const std::string& who = "admin", const std::string& lines = "") {
    return ask(method, path, bearer(who) + kJson + lines, body);
  }
  static std::string code(const RawResponse& response) {
    return std::string(parsed(response).at("code").as_string());
  }
  std::vector<std::string> kinds(const RawResponse& response) {
    std::vector<std::string> out;
    const auto body = parsed(response);
    for (const auto& clash : body.at("clashes").as_array())
      out.emplace_back(clash.at("kind").as_string());
    return out;
  }
};

TEST_F(MeetingPlan, shows_a_draft_whole) {
  const auto made = parsed(ask("GET", draft(), bearer("admin")));
  EXPECT_EQ(made.at("state"), "draft");
  EXPECT_EQ(made.at("secretary_name"), "Sở Nội vụ");
  EXPECT_EQ(made.at("expected"), 16);
  EXPECT_EQ(made.at("expected_units").as_array().size(), 16U);
  EXPECT_EQ(made.at("agenda").at(0).at("speaker_name"), "UBND tỉnh Hải Dương");
  EXPECT_EQ(made.at("changeable"), "all");
  EXPECT_EQ(json::serialize(made.at("steps")), R"(["invited","lobby","open","closed"])");
}

TEST_F(MeetingPlan, changes_what_is_named_and_leaves_the_rest) {
  const auto path = draft();
  const auto done = send("PATCH", path,
                         R"({"place":"Hội trường","ends_at":"2031-11-24T11:00:00+07:00",)"
                         R"("secretary":null})");
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.header("etag"), "\"2\"");
  const auto object = parsed(done);
  EXPECT_EQ(object.at("title"), "Sơ kết quý III");
  EXPECT_EQ(object.at("place"), "Hội trường");
  EXPECT_EQ(object.at("secretary"), "");
  EXPECT_EQ(object.at("agenda").as_array().size(), 1U);
  EXPECT_EQ(send("PATCH", path, R"({"title":"Khác"})", "admin", "If-Match: \"1\"\r\n").status, 412);
  EXPECT_EQ(send("PATCH", path, R"({"title":"Khác"})", "admin", "If-Match: \"2\"\r\n").status, 200);
  EXPECT_EQ(send("PATCH", path, R"({"title":"Khác"})", "admin", "If-Match: x\r\n").status, 412);
}

TEST_F(MeetingPlan, refuses_bad_input_and_says_which) {
  const auto path = draft();
  const std::string long_title(10'000, 'x');
  const std::vector<std::pair<std::string, const char*>> table{
      {R"({"title":""})", "meeting.bad_title"},
      {R"({"title":")" + long_title + R"("})", "meeting.bad_title"},
      {R"({"title":"Họp \u202Egnut nas"})", "meeting.bad_title"},
      {R"({"title":"a\u0000b"})", "meeting.bad_title"},
      {R"({"place":"a\nb"})", "meeting.bad_place"},
      {R"({"kind":"\u2066x"})", "meeting.bad_kind"},
      {R"({"title":5})", "request.bad_body"},
      {R"({"chair":"HD-99999"})", "units.unknown"},
      {R"({"expect":"HD-300/village"})", "units.bad_selector"},
      {R"({"expect":"HD,-HD"})", "units.bad_selector"},
      {R"({"starts_at":"tomorrow"})", "meeting.bad_start"},
      {R"({"ends_at":"2031-11-24T07:59:00+07:00"})", "meeting.bad_end"},
      {R"({"speaking_minutes":-1})", "meeting.bad_speaking_time"},
      {R"({"speaking_minutes":1.5})", "request.bad_body"},
      {R"({"agenda":{}})", "request.bad_body"},
      {R"({"agenda":[{"title":"x","minutes":1441}]})", "meeting.bad_agenda"},
      {R"({"agenda":[{"title":"x","speaker":"HD-99999"}]})", "units.unknown"},
      {R"({"agenda":["x"]})", "request.bad_body"},
  };
  for (const auto& [body, expected] : table) {
    const auto refused = send("PATCH", path, body);
    EXPECT_EQ(refused.status, 400) << body.substr(0, 80);
    EXPECT_EQ(code(refused), expected) << body.substr(0, 80);
  }
  EXPECT_EQ(parsed(ask("GET", path, bearer("admin"))).at("revision"), 1);
  const auto markup = send("PATCH", path, R"({"title":"<img src=x onerror=alert(1)>"})");
  EXPECT_EQ(parsed(markup).at("title"), "<img src=x onerror=alert(1)>") << "is shown as text";
}

TEST_F(MeetingPlan, replaces_the_agenda_keeping_numbers) {
  const auto path = draft();
  const auto done = send("PUT", path + "/agenda",
                         R"({"items":[{"title":"Báo cáo","speaker":"HD-SNV","minutes":30},)"
                         R"({"id":1,"title":"Khai mạc","speaker":"HD","minutes":5}]})");
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(parsed(done).at("agenda").at(0).at("id"), 2);
  EXPECT_EQ(parsed(done).at("agenda").at(1).at("id"), 1);
  EXPECT_EQ(code(send("PUT", path + "/agenda", "{}")), "request.bad_body");
  EXPECT_EQ(send("PUT", "/api/v1/meetings/nowhere/agenda", R"({"items":[]})").status, 404);
}

TEST_F(MeetingPlan, that_is_over_ends_the_running_meeting_even_if_its_links_cannot_be_taken_out) {
  // A database in which there are no links to take out: every statement about them fails.
  DatabaseOptions empty;
  empty.url = "sqlite:" + (folder / "empty.db").string();
  auto without = std::move(*Database::open(empty));
  mcu::LinkStore broken(*without, *tokens, clock);
  ASSERT_FALSE(broken.end(MeetingId(meeting)));
  api.links = &broken;
  limit_documents({});
  const auto done = send("POST", "/api/v1/meetings/" + meeting + "/state", R"({"to":"closed"})");
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(parsed(done).at("state"), "closed");
  EXPECT_EQ(conferences.count("meeting_changed"), 1);
  server->stop(std::chrono::seconds(2));  // before what it borrows
}

TEST_F(MeetingPlan, steps_through_its_life_and_tells_the_room) {
  const auto path = draft();
  const auto step = [&](const char* to) {
    return send("POST", path + "/state", std::string(R"({"to":")") + to + "\"}");
  };
  EXPECT_EQ(parsed(step("invited")).at("state"), "invited");
  EXPECT_EQ(parsed(step("trial")).at("changeable"), "course");
  EXPECT_EQ(code(send("PATCH", path, R"({"expect":"all"})")), "meeting.under_way");
  EXPECT_EQ(code(step("adjourned")), "meeting.bad_step");
  EXPECT_EQ(code(step("begun")), "meeting.bad_state");
  EXPECT_EQ(step("lobby").status, 200);
  EXPECT_EQ(step("open").status, 200);
  EXPECT_EQ(step("closed").status, 200);
  EXPECT_EQ(code(step("open")), "meeting.closed");
  EXPECT_EQ(conferences.count("meeting_changed"), 5);
  const auto log = parsed(ask("GET", path + "/events", bearer("admin"))).at("events").as_array();
  EXPECT_EQ(log.back().at("kind"), "meeting.state");
  EXPECT_EQ(log.back().at("actor"), "account:admin");
}

TEST_F(MeetingPlan, finds_clashes_of_what_is_saved_and_of_what_is_not) {
  const auto path = draft();
  EXPECT_EQ(kinds(ask("GET", path + "/clashes", bearer("admin"))), std::vector<std::string>());
  const std::string another = R"("title":"Khác","expect":"HD-300/*","chair":"HD-300",)"
                              R"("starts_at":"2031-11-24T09:00:00+07:00")";
  const auto found = send("POST", "/api/v1/meetings/clashes", "{" + another + "}");
  ASSERT_EQ(found.status, 200) << found.body;
  EXPECT_EQ(kinds(found), std::vector<std::string>{"sites"});
  const auto clash = parsed(found).at("clashes").at(0);
  EXPECT_EQ(clash.at("count"), 16);
  EXPECT_EQ(clash.at("meeting").at("title"), "Sơ kết quý III");
  EXPECT_EQ(clash.at("serious"), true);
  const auto id = path.substr(path.rfind('/') + 1);
  EXPECT_EQ(
      kinds(send("POST", "/api/v1/meetings/clashes", R"({"id":")" + id + R"(",)" + another + "}")),
      std::vector<std::string>())
      << "a meeting does not clash with itself";
  EXPECT_EQ(
      parsed(ask("GET", "/api/v1/meetings", bearer("admin"))).at("meetings").as_array().size(), 3U)
      << "nothing was kept";
}

TEST_F(MeetingPlan, each_role_may_what_the_table_says) {
  const std::string m = "/api/v1/meetings/" + meeting;
  struct Row {
    const char* method;
    std::string path;
    const char* body;
    // anonymous, viewer, site, secretary, chair, admin, other meeting's token
    std::array<int, 7> expected;
  };
  const std::vector<Row> table{
      {"PATCH", m, R"({"place":"x"})", {401, 403, 403, 200, 200, 200, 403}},
      {"PUT", m + "/agenda", R"({"items":[]})", {401, 403, 403, 200, 200, 200, 403}},
      {"GET", m + "/clashes", "", {401, 403, 403, 200, 200, 200, 403}},
      {"POST", "/api/v1/meetings/clashes", "{}", {401, 403, 403, 403, 403, 200, 403}},
      {"GET", "/api/v1/meeting-kinds", "", {401, 403, 403, 200, 200, 200, 403}},
      // It is open: each allowed role would close it, so the step asked for is none.
      {"POST", m + "/state", R"({"to":"draft"})", {401, 403, 403, 409, 409, 409, 403}},
  };
  const std::array<std::string, 7> roles = {"",      "viewer", "site", "secretary",
                                            "chair", "admin",  "other"};
  for (const auto& row : table) {
    for (std::size_t i = 0; i < roles.size(); ++i) {
      const auto lines = (roles[i].empty() ? "" : bearer(roles[i])) + (*row.body ? kJson : "");
      EXPECT_EQ(ask(row.method, row.path, lines, row.body).status, row.expected[i])
          << row.method << " " << row.path << " as " << (i == 0 ? "nobody" : roles[i]);
    }
  }
  const std::string another = "/api/v1/meetings/" + other;
  EXPECT_EQ(send("PATCH", another, R"({"place":"x"})", "chair").status, 403);
  EXPECT_EQ(send("POST", another + "/state", R"({"to":"closed"})", "chair").status, 403);
}

}  // namespace
}  // namespace diemcau::test
