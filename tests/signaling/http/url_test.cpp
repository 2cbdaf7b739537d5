#include "signaling/http/url.hpp"

#include <gtest/gtest.h>

#include "signaling/http/origin_policy.hpp"
#include "signaling/http/problem.hpp"
#include "signaling/http/serialize.hpp"

namespace diemcau::signaling {
namespace {

TEST(Target, decodes_segments_after_splitting_and_queries_with_plus) {
  HttpRequest request;
  ASSERT_TRUE(parse_target("/a%20b/%E1%BB%8D?x=1+2&y=%26&z", request));
  EXPECT_EQ(request.segments, (std::vector<std::string>{"a b", "ọ"}));
  EXPECT_EQ(request.query_value("x"), "1 2");
  EXPECT_EQ(request.query_value("y"), "&");
  EXPECT_EQ(request.query_value("z"), "");
  EXPECT_FALSE(request.query_value("w"));
}

TEST(Target, reads_absolute_form_and_asterisk) {
  HttpRequest request;
  ASSERT_TRUE(parse_target("http://host:80/x/y?q=1", request));
  EXPECT_EQ(request.segments, (std::vector<std::string>{"x", "y"}));
  ASSERT_TRUE(parse_target("http://host", request));
  EXPECT_TRUE(request.segments.empty());
  ASSERT_TRUE(parse_target("*", request));
  EXPECT_EQ(request.path, "*");
}

TEST(Target, refuses_traversal_in_every_spelling) {
  for (const char* target : {"/../x", "/a/..", "/./x", "/%2e%2e/x", "/a%2fb", "/a%5cb", "/%00",
                             "/%", "/%4", "/%zz", "/a?x=%g1"}) {
    HttpRequest request;
    EXPECT_FALSE(parse_target(target, request)) << target;
  }
}

TEST(Cookies, are_read_by_pairs) {
  const auto cookies = parse_cookies("a=1; b=\"two\";c; =x; d=x=y");
  EXPECT_EQ(cookies, (NameValues{{"a", "1"}, {"b", "two"}, {"d", "x=y"}}));
}

TEST(Origin, drops_default_ports_and_paths) {
  EXPECT_EQ(origin_of("HTTPS://Hop.Example:443/x"), "https://hop.example");
  EXPECT_EQ(origin_of("http://a:8080"), "http://a:8080");
  EXPECT_FALSE(origin_of("null"));
  EXPECT_FALSE(origin_of("ftp://a"));
  EXPECT_FALSE(origin_of("https://user@a"));
}

HttpRequest from(const std::string& origin, const std::string& host, bool secure) {
  HttpRequest request;
  if (!origin.empty()) request.headers.add("Origin", origin);
  request.host = host;
  request.secure = secure;
  return request;
}

TEST(OriginPolicy, allows_its_list_and_its_own_host_only) {
  const OriginPolicy policy({"https://hop.example/", ""});
  EXPECT_TRUE(policy.allows(from("https://hop.example", "10.0.0.1", false)));
  EXPECT_TRUE(policy.allows(from("http://127.0.0.1:8080", "127.0.0.1:8080", false)));
  EXPECT_TRUE(policy.allows(from("", "a", false)));
  EXPECT_FALSE(policy.allows(from("http://127.0.0.1:8081", "127.0.0.1:8080", false)));
  EXPECT_FALSE(policy.allows(from("http://a", "a", true)));
  EXPECT_FALSE(policy.allows(from("null", "a", false)));
  EXPECT_FALSE(policy.allows(from("https://hop.example.evil", "a", true)));
  EXPECT_FALSE(policy.allows(from("https://hop.example/x", "a", true)));
}

TEST(OriginPolicy, refuses_what_the_browser_calls_cross_site) {
  const OriginPolicy policy({});
  auto request = from("", "a", false);
  request.headers.add("Sec-Fetch-Site", "cross-site");
  EXPECT_FALSE(policy.allows(request));
}

TEST(Problem, says_what_happened_in_rfc_9457) {
  const auto response = problem(make_error(Errc::full, "meeting.full", "300 sites are here"));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers.get("Content-Type"), "application/problem+json");
  EXPECT_FALSE(response.headers.get("Retry-After").empty());
  EXPECT_NE(response.body.find("\"code\":\"meeting.full\""), std::string::npos);
  EXPECT_NE(response.body.find("Phòng họp"), std::string::npos);
  EXPECT_NE(response.body.find("\"status\":503"), std::string::npos);
}

TEST(Problem, does_not_ask_to_come_again_soon_when_the_disk_is_full) {
  const auto response = problem(make_error(Errc::full, "disk.full", "100 MiB are free"));
  EXPECT_EQ(response.status, 507);
  EXPECT_TRUE(response.headers.get("Retry-After").empty());
}

TEST(Problem, keeps_inner_failures_to_itself) {
  const auto response = problem(make_error(Errc::io, "storage.failed", "password is hunter2"));
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("hunter2"), std::string::npos);
}

TEST(ResponseHead, leaves_out_a_field_that_would_begin_another) {
  HttpResponse response(200);
  response.headers.set("Location", "/x\r\nSet-Cookie: evil=1");
  const auto head = serialize_head(response, true, 0);
  EXPECT_EQ(head.find("evil"), std::string::npos);
}

}  // namespace
}  // namespace diemcau::signaling
