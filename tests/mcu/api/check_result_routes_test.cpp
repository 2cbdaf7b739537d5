#include <boost/json.hpp>

#include "tests/mcu/api/api_fixture.hpp"

namespace diemcau::test {
namespace {

namespace json = boost::json;

class CheckResultRoutes : public ApiTest {
 protected:
  static constexpr const char* kId = "00112233445566778899aabbccddeeff";
  static std::string body(const std::string& more = "") {
    return R"({"device":"may-1","device_name":"Máy phòng họp","figures":{"connected":true,
      "transport":"udp","up_kbps":250,"camera":{"state":"absent"},"microphone":{"state":"live"},
      "echo":{"measured":false})" +
           more + "}}";
  }
  static json::object parsed(const RawResponse& response) {
    boost::system::error_code error;
    auto value = json::parse(response.body, error);
    return error || !value.is_object() ? json::object() : value.as_object();
  }
  RawResponse put(const std::string& who, const std::string& what = body(),
                  const std::string& id = kId) {
    return ask("PUT", "/api/v1/check-results/" + id, cookie(who) + kJson, what);
  }
  json::array sites(const std::string& who) {
    const auto answer = ask("GET", "/api/v1/meetings/" + meeting + "/checks", cookie(who));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return parsed(answer).at("sites").as_array();
  }
  static json::object row(const json::array& sites, std::string_view unit) {
    for (const auto& site : sites)
      if (site.at("unit") == json::string_view(unit.data(), unit.size())) return site.as_object();
    return {};
  }
};

TEST_F(CheckResultRoutes, a_site_tells_its_figures_and_is_told_what_they_mean) {
  const auto answer = put("site");
  EXPECT_EQ(answer.status, 200) << answer.body;
  const auto told = parsed(answer);
  EXPECT_EQ(told.at("stored"), true);
  EXPECT_EQ(told.at("verdict"), "bad");
  EXPECT_EQ(told.at("findings").as_array().size(), 9u);
  EXPECT_EQ(told.at("findings").at(1).at("code"), "up.too_slow");
  EXPECT_EQ(told.at("findings").at(5).at("code"), "camera.absent");
}

TEST_F(CheckResultRoutes, the_board_shows_all_expected_sites_to_who_plans_the_meeting) {
  put("site");
  const auto all = sites("secretary");
  EXPECT_EQ(all.size(), 266u);
  const auto checked = row(all, "HD-10507");
  ASSERT_EQ(checked.at("checks").as_array().size(), 1u);
  EXPECT_EQ(checked.at("checks").at(0).at("verdict"), "bad");
  EXPECT_EQ(checked.at("checks").at(0).at("device_name"), "Máy phòng họp");
  EXPECT_EQ(checked.at("checks").at(0).at("figures").at("up_kbps").to_number<double>(), 250);
  EXPECT_EQ(checked.at("level"), "commune");
  EXPECT_FALSE(checked.at("parent_name").as_string().empty());
  EXPECT_TRUE(row(all, "HD-SNV").at("checks").as_array().empty()) << "not checked yet";
}

TEST_F(CheckResultRoutes, a_site_s_link_sees_its_own_row_and_another_meeting_s_none) {
  put("site");
  const auto own = sites("site");
  ASSERT_EQ(own.size(), 1u);
  EXPECT_EQ(own.at(0).at("unit"), "HD-10507");
  const auto path = "/api/v1/meetings/" + meeting + "/checks";
  EXPECT_EQ(ask("GET", path, cookie("other")).status, 403);
  EXPECT_EQ(ask("GET", path).status, 401);
  EXPECT_EQ(ask("GET", "/api/v1/meetings/none/checks", cookie("admin")).status, 404);
}

TEST_F(CheckResultRoutes, the_board_says_which_units_have_a_page_open_to_be_helped) {
  conferences.seats = {"HD-10507/chair", "HD-10507/site", "HD-10510/viewer.1", "HD-SNV/secretary"};
  const auto may_help = [this](const std::string& who) {
    return parsed(ask("GET", "/api/v1/meetings/" + meeting + "/checks", cookie(who)))
        .at("may_help")
        .as_bool();
  };
  EXPECT_TRUE(may_help("secretary"));
  EXPECT_FALSE(may_help("site"));
  const auto all = sites("secretary");
  EXPECT_EQ(row(all, "HD-10507").at("seat"), "HD-10507/site");
  EXPECT_EQ(row(all, "HD-SNV").at("seat"), "HD-SNV/secretary");
  EXPECT_TRUE(row(all, "HD-10510").at("seat").is_null()) << "who looks on is no room";
  EXPECT_TRUE(row(all, "HD-10513").at("seat").is_null());
}

TEST_F(CheckResultRoutes, help_for_a_site_is_passed_on_to_its_meeting_or_refused_by_what_it_says) {
  const auto post = [this](const std::string& said, const std::string& who = "chair") {
    return ask("POST", "/api/v1/meetings/" + meeting + "/help", cookie(who) + kJson, said);
  };
  const auto sent = post(R"({"kind":"message","seat":"HD-10507/site","text":"Cắm lại micro"})");
  EXPECT_EQ(sent.status, 204) << sent.body;
  EXPECT_EQ(conferences.last_help().kind, signaling::HelpKind::message);
  EXPECT_EQ(conferences.last_help().seat, "HD-10507/site");
  EXPECT_EQ(conferences.last_help().text, "Cắm lại micro");
  for (const char* wrong :
       {"{}", "[]", R"({"kind":"reboot","seat":"x"})", R"({"kind":"tone"})",
        R"({"kind":"message","seat":"x"})", R"({"kind":"message","seat":"x","text":7})",
        R"({"kind":"tone","seat":""})"})
    EXPECT_EQ(post(wrong).status, 400) << wrong;
  EXPECT_EQ(post(std::string(5000, ' ')).status, 413);
  EXPECT_EQ(conferences.count("command"), 1);
  conferences.command_answer = make_error(Errc::not_found, "join.first", "nobody is here");
  const auto nobody = post(R"({"kind":"tone","seat":"HD-10507/site"})");
  EXPECT_EQ(nobody.status, 409);
  EXPECT_EQ(parsed(nobody).at("code"), "site.not_connected");
}

TEST_F(CheckResultRoutes, a_viewer_is_told_what_it_means_and_says_nothing_of_its_unit) {
  const auto told = put("viewer");
  ASSERT_EQ(told.status, 200) << told.body;
  EXPECT_FALSE(parsed(told).at("verdict").as_string().empty());
  EXPECT_FALSE(parsed(told).at("findings").as_array().empty());
  EXPECT_FALSE(parsed(told).at("stored").as_bool());
  EXPECT_TRUE(row(sites("chair"), "HD-10507").at("checks").as_array().empty());
}

TEST_F(CheckResultRoutes, refuses_what_is_no_result_and_keeps_nothing_of_it) {
  EXPECT_EQ(put("site", "{}").status, 400);
  EXPECT_EQ(put("site", body(R"(,"jitter_ms":-1)")).status, 400);
  EXPECT_EQ(put("site", body(), "short").status, 400);
  EXPECT_EQ(put("nobody").status, 401);
  EXPECT_EQ(put("site", std::string(9000, ' ')).status, 413);
  EXPECT_TRUE(row(sites("chair"), "HD-10507").at("checks").as_array().empty());
  put("site");
  EXPECT_EQ(put("chair").status, 409) << "the id is another's";
}

}  // namespace
}  // namespace diemcau::test
