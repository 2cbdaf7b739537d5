#include <fstream>

#include <boost/json/parse.hpp>

#include "recording/sidecar.hpp"
#include "tests/mcu/api/api_fixture.hpp"

namespace diemcau::test {
namespace {

namespace json = boost::json;

class ApiContract : public ApiTest {
 protected:
  static json::object parsed(const RawResponse& response) {
    boost::system::error_code error;
    auto value = json::parse(response.body, error);
    return error || !value.is_object() ? json::object() : value.as_object();
  }
  /// A finished recording of 1000 known bytes in the catalogue.
  void make_recording(const std::string& id, const std::string& of) {
    const auto at = folder / "recordings" / id;
    std::filesystem::create_directories(at);
    std::ofstream file(at / "0001.mp4", std::ios::binary);
    for (int i = 0; i < 1000; ++i) file.put(static_cast<char>('a' + i % 26));
    file.close();
    recording::Sidecar sidecar;
    sidecar.id = RecordingId(id);
    sidecar.meeting = MeetingId(of);
    sidecar.state = recording::RecorderState::finished;
    sidecar.started = clock.wall();
    sidecar.media_started = clock.wall();
    sidecar.ended = clock.wall();
    sidecar.segments = {{"0001.mp4", Duration{}, std::chrono::seconds(10), 1000}};
    std::ofstream(at / "recording.json") << recording::to_json(sidecar);
    ASSERT_TRUE(recordings->begin(sidecar.id, sidecar.meeting, sidecar.started));
    ASSERT_TRUE(recordings->end(sidecar.id));
  }
};

TEST_F(ApiContract, signs_in_by_password_and_by_token_and_out) {
  const auto in =
      ask("POST", "/api/v1/session", kJson, R"({"username":"admin","password":"right password"})");
  EXPECT_EQ(in.status, 200);
  EXPECT_EQ(parsed(in).at("role"), "admin");
  EXPECT_TRUE(in.header("set-cookie")
                  .starts_with("diemcau=admin; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200"));
  EXPECT_EQ(in.header("cache-control"), "no-store");
  const auto token = ask("POST", "/api/v1/session", kJson, R"({"token":"site"})");
  EXPECT_EQ(token.status, 200);
  EXPECT_EQ(parsed(token).at("meeting"), json::string_view(meeting));
  const auto me = ask("GET", "/api/v1/session", cookie("site"));
  EXPECT_EQ(parsed(me).at("unit"), "HD-10507");
  const auto out = ask("DELETE", "/api/v1/session", cookie("site"));
  EXPECT_EQ(out.status, 204);
  EXPECT_NE(out.header("set-cookie").find("Max-Age=0"), std::string::npos);
}

TEST_F(ApiContract, refuses_sign_ins_with_a_reason) {
  const auto post = [&](const std::string& lines, const std::string& body) {
    return ask("POST", "/api/v1/session", lines, body);
  };
  const auto wrong = post(kJson, R"({"username":"admin","password":"wrong"})");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.header("content-type"), "application/problem+json");
  const auto problem = parsed(wrong);
  for (const char* member : {"type", "title", "status", "detail", "code"})
    EXPECT_TRUE(problem.contains(member)) << member;
  EXPECT_EQ(problem.at("code"), "auth.bad_credentials");
  EXPECT_EQ(problem.at("status"), 401);
  EXPECT_EQ(post(kJson, "{").status, 400);
  EXPECT_EQ(post(kJson, "[]").status, 400);
  EXPECT_EQ(post(kJson, R"({"username":"admin"})").status, 400);
  EXPECT_EQ(post(kJson, R"({"username":1,"password":"x"})").status, 400);
  EXPECT_EQ(post(kJson, std::string(50, '[')).status, 400);
  EXPECT_EQ(post("Content-Type: text/plain\r\n", R"({"token":"site"})").status, 415);
  EXPECT_EQ(post(kJson, R"({"token":"nobody"})").status, 401);
}

TEST_F(ApiContract, another_origin_s_page_changes_nothing) {
  const std::string evil = "Origin: https://evil.example\r\n";
  EXPECT_EQ(ask("POST", "/api/v1/session", kJson + evil, R"({"token":"site"})").status, 403);
  const auto path = "/api/v1/meetings/" + meeting + "/recording";
  EXPECT_EQ(ask("POST", path, cookie("chair") + evil).status, 403);
  EXPECT_EQ(ask("POST", path, cookie("chair") + "Sec-Fetch-Site: cross-site\r\n").status, 403);
  EXPECT_EQ(conferences.count("start_recording"), 0);
  EXPECT_EQ(ask("POST", path, cookie("chair") + "Origin: http://127.0.0.1\r\n").status, 201);
  EXPECT_EQ(ask("POST", path, bearer("chair") + evil).status, 201);  // a token is no ambient right
}

TEST_F(ApiContract, each_role_may_what_the_table_says) {
  make_recording("rec-1", meeting);
  struct Row {
    const char* method;
    std::string path;
    const char* body;
    // anonymous, viewer, site, secretary, chair, admin, other meeting's token
    std::array<int, 7> expected;
  };
  const std::string m = "/api/v1/meetings/" + meeting;
  const std::vector<Row> table = {
      {"GET", "/healthz", "", {200, 200, 200, 200, 200, 200, 200}},
      {"GET", "/readyz", "", {200, 200, 200, 200, 200, 200, 200}},
      {"GET", "/metrics", "", {200, 200, 200, 200, 200, 200, 200}},
      {"GET", "/api/v1/openapi.json", "", {200, 200, 200, 200, 200, 200, 200}},
      {"GET", "/", "", {200, 200, 200, 200, 200, 200, 200}},
      {"GET", "/api/v1/session", "", {401, 200, 200, 200, 200, 200, 200}},
      {"DELETE", "/api/v1/session", "", {204, 204, 204, 204, 204, 204, 204}},
      {"GET", "/api/v1/meetings", "", {401, 200, 200, 200, 200, 200, 200}},
      {"POST", "/api/v1/meetings", R"({"title":"Mới"})", {401, 403, 403, 403, 403, 201, 403}},
      {"GET", m, "", {401, 200, 200, 200, 200, 200, 403}},
      {"GET", m + "/events", "", {401, 403, 403, 200, 200, 200, 403}},
      {"GET", m + "/stage/preview", "", {401, 403, 403, 200, 200, 200, 403}},
      {"POST",
       m + "/help",
       R"({"kind":"tone","seat":"HD-10507/site"})",
       {401, 204, 204, 204, 204, 204, 403}},  // who of them may, the meeting knows (rights_test)
      {"POST", m + "/recording", "", {401, 403, 403, 201, 201, 201, 403}},
      {"DELETE", m + "/recording", "", {401, 403, 403, 204, 204, 204, 403}},
      {"GET", "/api/v1/units", "", {401, 200, 200, 200, 200, 200, 200}},
      {"GET", "/api/v1/recordings", "", {401, 200, 200, 200, 200, 200, 200}},
      {"GET", "/api/v1/recordings/rec-1", "", {401, 200, 200, 200, 200, 200, 403}},
      {"GET", "/api/v1/recordings/rec-1/media", "", {401, 200, 200, 200, 200, 200, 403}},
      {"GET", "/api/v1/recordings/rec-1/chapters", "", {401, 200, 200, 200, 200, 200, 403}},
      {"GET", "/api/v1/recordings/rec-1/chapters.vtt", "", {401, 200, 200, 200, 200, 200, 403}},
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
}

TEST_F(ApiContract, makes_and_shows_meetings) {
  const auto made = ask("POST", "/api/v1/meetings", bearer("admin") + kJson,
                        R"({"title":"Hội nghị CCHC","kind":"giao ban","expect":"HD-10507",)"
                        R"("starts_at":"2026-11-23T15:00:00+07:00"})");
  ASSERT_EQ(made.status, 201) << made.body;
  const auto shown = ask("GET", made.header("location"), bearer("admin"));
  const auto object = parsed(shown);
  EXPECT_EQ(object.at("title"), "Hội nghị CCHC");
  EXPECT_EQ(object.at("expected"), 1);
  EXPECT_EQ(object.at("connected"), 3);
  EXPECT_EQ(object.at("starts_at"), "2026-11-23T08:00:00.000Z");
  EXPECT_EQ(
      parsed(ask("GET", "/api/v1/meetings", bearer("admin"))).at("meetings").as_array().size(), 3U);
  EXPECT_EQ(parsed(ask("GET", "/api/v1/meetings", bearer("site"))).at("meetings").as_array().size(),
            1U);
  EXPECT_EQ(ask("GET", "/api/v1/meetings/nowhere", bearer("admin")).status, 404);
  EXPECT_EQ(ask("GET", "/api/v1/meetings?limit=0", bearer("admin")).status, 400);
  const auto refused = [&](const char* body) {
    return ask("POST", "/api/v1/meetings", bearer("admin") + kJson, body).status;
  };
  EXPECT_EQ(refused(R"({"title":""})"), 400);
  EXPECT_EQ(refused(R"({"title":"x","expect":"NOWHERE"})"), 400);
  EXPECT_EQ(refused(R"({"title":"x","starts_at":"tomorrow"})"), 400);
  EXPECT_EQ(refused(R"({"title":"x","open":"yes"})"), 400);
}

TEST_F(ApiContract, previews_the_stage_with_a_layout_and_pinned_seats) {
  const auto path = "/api/v1/meetings/" + meeting + "/stage/preview";
  const auto shown =
      parsed(ask("GET", path + "?layout=single&pinned=HD-1%2Fsite%2CHD-2%2Fsite", bearer("chair")));
  EXPECT_EQ(shown.at("layout"), "single");
  ASSERT_EQ(shown.at("tiles").as_array().size(), 2U);
  EXPECT_EQ(shown.at("tiles").at(1).at("seat"), "HD-2/site");
  EXPECT_EQ(shown.at("wish").at("layout"), "auto");
  std::string many = "a";
  for (int i = 0; i < 25; ++i) many += ",a";
  for (const auto& pinned : {std::string(",a"), std::string(65, 'a'), many})
    EXPECT_EQ(ask("GET", path + "?pinned=" + pinned, bearer("chair")).status, 400) << pinned;
}

TEST_F(ApiContract, pages_through_the_event_log) {
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(events->append(MeetingId(meeting), {"system", "test.done", R"({"n":1})"}));
  // Its own creation is the first entry.
  const auto path = "/api/v1/meetings/" + meeting + "/events?limit=3";
  const auto first = parsed(ask("GET", path, bearer("secretary")));
  EXPECT_EQ(first.at("events").as_array().size(), 3U);
  EXPECT_EQ(first.at("events").at(0).at("kind"), "meeting.created");
  EXPECT_EQ(first.at("events").at(1).at("data").at("n"), 1);
  EXPECT_EQ(first.at("next"), 3);
  const auto second = parsed(ask("GET", path + "&after=3", bearer("secretary")));
  EXPECT_EQ(second.at("events").as_array().size(), 3U);
  EXPECT_EQ(second.at("next"), 6);
  EXPECT_TRUE(parsed(ask("GET", path + "&after=6", bearer("secretary"))).at("next").is_null());
}

TEST_F(ApiContract, shows_the_unit_tree_of_a_day) {
  const auto tree = parsed(ask("GET", "/api/v1/units?date=2024-01-01", bearer("site")));
  EXPECT_GT(tree.at("units").as_array().size(), 200U);
  EXPECT_TRUE(tree.at("units").at(0).at("parent").is_null());
  EXPECT_EQ(ask("GET", "/api/v1/units?date=yesterday", bearer("site")).status, 400);
  EXPECT_EQ(ask("GET", "/api/v1/units?catalogue=none", bearer("site")).status, 404);
}

TEST_F(ApiContract, starts_recording_with_201_and_its_id) {
  const auto started = ask("POST", "/api/v1/meetings/" + meeting + "/recording", bearer("chair"));
  EXPECT_EQ(started.status, 201);
  EXPECT_EQ(parsed(started).at("id"), "rec-1");
  EXPECT_EQ(ask("POST", "/api/v1/meetings/nowhere/recording", bearer("chair")).status, 404);
}

TEST_F(ApiContract, lists_recordings_newest_first_of_what_one_may_see) {
  make_recording("rec-1", meeting);
  clock.now();
  make_recording("rec-2", meeting);
  make_recording("rec-3", other);
  const auto all = parsed(ask("GET", "/api/v1/recordings", bearer("admin")));
  ASSERT_EQ(all.at("recordings").as_array().size(), 3U);
  EXPECT_EQ(all.at("recordings").at(0).at("id"), "rec-3");
  EXPECT_EQ(all.at("recordings").at(0).at("length_ms"), 10000);
  EXPECT_EQ(all.at("recordings").at(0).at("title"), "Hội nghị khác");
  const auto mine = parsed(ask("GET", "/api/v1/recordings", bearer("site")));
  EXPECT_EQ(mine.at("recordings").as_array().size(), 2U);
  EXPECT_EQ(ask("GET", "/api/v1/recordings?meeting=" + other, bearer("site")).status, 403);
  const auto page = parsed(ask("GET", "/api/v1/recordings?limit=2", bearer("admin")));
  EXPECT_EQ(page.at("next"), 2);
}

TEST_F(ApiContract, plays_with_ranges_and_validators) {
  make_recording("rec-1", meeting);
  const std::string path = "/api/v1/recordings/rec-1/media";
  const auto get = [&](const std::string& lines) {
    return ask("GET", path, bearer("site") + lines);
  };
  const auto whole = get("");
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.body.size(), 1000U);
  EXPECT_EQ(whole.header("accept-ranges"), "bytes");
  EXPECT_EQ(whole.header("content-type"), "video/mp4");
  const auto etag = whole.header("etag");
  const auto part = get("Range: bytes=100-199\r\n");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, whole.body.substr(100, 100));
  EXPECT_EQ(part.header("content-range"), "bytes 100-199/1000");
  EXPECT_EQ(get("Range: bytes=-10\r\n").body, whole.body.substr(990));
  EXPECT_EQ(get("Range: bytes=990-\r\n").body, whole.body.substr(990));
  const auto outside = get("Range: bytes=1000-\r\n");
  EXPECT_EQ(outside.status, 416);
  EXPECT_EQ(outside.header("content-range"), "bytes */1000");
  EXPECT_EQ(get("Range: bytes=0-9\r\nIf-Range: " + etag + "\r\n").status, 206);
  EXPECT_EQ(get("Range: bytes=0-9\r\nIf-Range: \"old\"\r\n").status, 200);
  EXPECT_EQ(get("If-None-Match: " + etag + "\r\n").status, 304);
  const auto head = ask("HEAD", path, bearer("site"));
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("content-length"), "1000");
  EXPECT_EQ(ask("GET", "/api/v1/recordings/nothing/media", bearer("admin")).status, 404);
  const auto vtt = ask("GET", "/api/v1/recordings/rec-1/chapters.vtt", bearer("site"));
  EXPECT_TRUE(vtt.body.starts_with("WEBVTT"));
  EXPECT_EQ(vtt.header("content-type"), "text/vtt; charset=utf-8");
}

TEST_F(ApiContract, serves_the_web_client_and_nothing_beside_it) {
  const auto asset = ask("GET", "/assets/app-1a2b.js");
  EXPECT_EQ(asset.header("content-type"), "text/javascript; charset=utf-8");
  EXPECT_NE(asset.header("cache-control").find("immutable"), std::string::npos);
  const auto page = ask("GET", "/meetings/abc");
  EXPECT_EQ(page.body, "<!doctype html>trang");
  EXPECT_EQ(page.header("cache-control"), "no-cache");
  EXPECT_EQ(ask("GET", "/").body, page.body);
  EXPECT_EQ(ask("GET", "/assets/missing.js").status, 404);
  EXPECT_EQ(ask("GET", "/link.txt").status, 404);
  EXPECT_EQ(ask("GET", "/.secret").body.find("no"), std::string::npos);
  EXPECT_EQ(ask("GET", "/..%2fdiemcau.db").status, 400);
  EXPECT_EQ(ask("GET", "/api/nothing").status, 404);
}

TEST_F(ApiContract, is_ready_only_when_a_meeting_can_be_taken) {
  EXPECT_EQ(ask("GET", "/readyz").status, 200);
  ready_answer = make_error(Errc::io, "disk.full", "no space for a recording");
  EXPECT_EQ(ask("GET", "/readyz").status, 503);
  EXPECT_EQ(ask("GET", "/healthz").status, 200);
}

TEST_F(ApiContract, openapi_describes_every_route_and_no_other) {
  std::set<std::string> routes;
  for (const auto& route : router.routes())
    routes.insert(std::string(name_of(route->method)) + " " +
                  (route->pattern == "/{path...}" ? "/{path}" : route->pattern));
  const auto document = parsed(ask("GET", "/api/v1/openapi.json"));
  std::set<std::string> described;
  for (const auto& [path, item] : document.at("paths").as_object())
    for (const auto& [method, operation] : item.as_object()) {
      std::string upper(method);
      for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      described.insert(upper + " " + std::string(path));
    }
  EXPECT_EQ(routes, described);
}

}  // namespace
}  // namespace diemcau::test
