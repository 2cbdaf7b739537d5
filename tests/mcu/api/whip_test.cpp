#include "tests/mcu/api/api_fixture.hpp"

namespace diemcau::test {
namespace {

class Whip : public ApiTest {
 protected:
  RawResponse publish(const std::string& who = "site", const std::string& more = "") {
    return ask("POST", "/whip/" + meeting, bearer(who) + kSdpType + more, "v=0 offer");
  }
  static constexpr const char* kFragmentType = "Content-Type: application/trickle-ice-sdpfrag\r\n";
};

TEST_F(Whip, publishes_with_201_location_and_etag) {
  const auto response = publish();
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.header("content-type"), "application/sdp");
  EXPECT_EQ(response.body, "v=0 answer");
  EXPECT_TRUE(response.header("location").starts_with("/whip/" + meeting + "/"));
  EXPECT_GT(response.header("location").size(), meeting.size() + 7 + 31);
  EXPECT_EQ(response.header("etag").front(), '"');
  EXPECT_EQ(response.header("accept-patch"), "application/trickle-ice-sdpfrag");
  EXPECT_EQ(response.header("access-control-allow-origin"), "*");
  EXPECT_NE(response.header("access-control-expose-headers").find("Location"), std::string::npos);
  EXPECT_EQ(conferences.last_join().kind, mcu::JoinKind::whip);
}

TEST_F(Whip, refuses_as_the_contract_says) {
  const std::string here = "/whip/" + meeting;
  EXPECT_EQ(ask("POST", here, bearer("site") + kSdpType, "garbage").status, 400);
  EXPECT_EQ(ask("POST", here, bearer("site") + kSdpType).status, 400);
  EXPECT_EQ(ask("POST", here, bearer("site") + kJson, "v=0").status, 415);
  const auto anonymous = ask("POST", here, kSdpType, "v=0");
  EXPECT_EQ(anonymous.status, 401);
  EXPECT_TRUE(anonymous.header("www-authenticate").starts_with("Bearer"));
  EXPECT_EQ(anonymous.header("access-control-allow-origin"), "*");
  EXPECT_EQ(ask("POST", here, bearer("nobody") + kSdpType, "v=0").status, 401);
  EXPECT_EQ(ask("POST", here, cookie("site") + kSdpType, "v=0").status, 401);
  EXPECT_EQ(ask("POST", here, bearer("other") + kSdpType, "v=0").status, 403);
  EXPECT_EQ(ask("POST", "/whip/nowhere", bearer("site") + kSdpType, "v=0").status, 404);
  EXPECT_EQ(ask("POST", "/whip/nowhere", bearer("admin") + kSdpType, "v=0").status, 404);
  EXPECT_EQ(ask("GET", here, bearer("site")).status, 405);
  EXPECT_EQ(conferences.count("join"), 0);
  conferences.full = true;
  const auto full = publish();
  EXPECT_EQ(full.status, 503);
  EXPECT_NE(full.header("retry-after"), "");
  EXPECT_NE(full.body.find("meeting.full"), std::string::npos);
  const auto receiver = ask("POST", "/whep/" + meeting, bearer("viewer") + kSdpType, "v=0 offer");
  EXPECT_EQ(receiver.status, 503);
  EXPECT_NE(receiver.header("retry-after"), "");
  EXPECT_NE(receiver.body.find("meeting.full"), std::string::npos);
}

TEST_F(Whip, trickles_and_restarts_by_the_etag) {
  const auto made = publish();
  const auto url = made.header("location");
  const auto match = "If-Match: " + made.header("etag") + "\r\n";
  const auto patch = [&](const std::string& lines, const std::string& body) {
    return ask("PATCH", url, bearer("site") + kFragmentType + lines, body);
  };
  EXPECT_EQ(patch(match, "a=candidate:1").status, 204);
  EXPECT_EQ(patch("", "a=candidate:1").status, 428);
  EXPECT_EQ(patch("If-Match: \"old\"\r\n", "a=candidate:1").status, 412);
  const auto restarted = patch("If-Match: *\r\n", "a=ice-ufrag:x");
  EXPECT_EQ(restarted.status, 200);
  EXPECT_EQ(restarted.header("content-type"), "application/trickle-ice-sdpfrag");
  EXPECT_NE(restarted.header("etag"), made.header("etag"));
  EXPECT_EQ(patch(match, "a=candidate:1").status, 412);
  EXPECT_EQ(ask("PATCH", url, bearer("site") + kSdpType + match, "x").status, 415);
}

TEST_F(Whip, session_urls_belong_to_the_token_that_made_them) {
  const auto url = publish().header("location");
  EXPECT_EQ(ask("DELETE", url, bearer("viewer")).status, 404);
  EXPECT_EQ(ask("DELETE", url).status, 401);
  EXPECT_EQ(ask("DELETE", "/whep" + url.substr(5), bearer("site")).status, 404);
  EXPECT_EQ(conferences.count("leave"), 0);
  EXPECT_EQ(ask("DELETE", url, bearer("site")).status, 200);
  EXPECT_EQ(conferences.count("leave"), 1);
  EXPECT_EQ(ask("DELETE", url, bearer("site")).status, 404);
}

TEST_F(Whip, answers_preflights_of_other_origins) {
  const auto response = ask("OPTIONS", "/whip/" + meeting,
                            "Origin: https://elsewhere.example\r\n"
                            "Access-Control-Request-Method: POST\r\n");
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.header("accept-post"), "application/sdp");
  EXPECT_NE(response.header("access-control-allow-headers").find("Authorization"),
            std::string::npos);
  EXPECT_EQ(publish("site", "Origin: https://elsewhere.example\r\n").status, 201);
}

TEST_F(Whip, whep_takes_the_stage_or_one_site) {
  const auto watch = [&](const std::string& query) {
    return ask("POST", "/whep/" + meeting + query, bearer("viewer") + kSdpType, "v=0");
  };
  EXPECT_EQ(watch("").status, 201);
  EXPECT_EQ(conferences.last_join().kind, mcu::JoinKind::whep);
  EXPECT_EQ(watch("?view=stage").status, 201);
  EXPECT_EQ(watch("?site=HD-10507").status, 201);
  EXPECT_EQ(conferences.last_join().whep_site, "HD-10507");
  EXPECT_EQ(watch("?view=wall").status, 400);
  EXPECT_EQ(watch("?view=stage&site=HD-1").status, 400);
  EXPECT_TRUE(watch("").header("location").starts_with("/whep/"));
}

}  // namespace
}  // namespace diemcau::test
