#include <boost/json/parse.hpp>

#include "tests/mcu/api/api_fixture.hpp"
#include "tests/mcu/meetings/documents/samples.hpp"

namespace diemcau::test {
namespace {

namespace json = boost::json;

class DocumentRoutes : public ApiTest {
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
  std::string all() const { return "/api/v1/meetings/" + meeting + "/documents"; }
  RawResponse upload(const std::string& who, const std::string& query, const std::string& body) {
    return ask("POST", all() + "?" + query, bearer(who) + "Content-Type: application/pdf\r\n",
               body);
  }
  /// The path of a document that was taken.
  std::string added(const std::string& who, const std::string& query = "title=x") {
    const auto response = upload(who, query, pdf());
    EXPECT_EQ(response.status, 201) << response.body;
    return response.header("location");
  }
  std::size_t listed(const std::string& who) {
    return parsed(ask("GET", all(), bearer(who))).at("documents").as_array().size();
  }
};

TEST_F(DocumentRoutes, take_a_site_s_document_and_give_it_to_the_others) {
  const auto made = upload("site", "title=B%C3%A1o%20c%C3%A1o", pdf(2));
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(parsed(made).at("title"), "Báo cáo");
  EXPECT_EQ(parsed(made).at("pages"), 2);
  EXPECT_EQ(parsed(made).at("unit"), "HD-10507");
  EXPECT_TRUE(conferences.wait_for("documents_changed"));
  const auto content = ask("GET", made.header("location") + "/content", bearer("viewer"));
  EXPECT_EQ(content.status, 200);
  EXPECT_EQ(content.body, pdf(2));
  const auto part =
      ask("GET", made.header("location") + "/content", bearer("viewer") + "Range: bytes=0-4\r\n");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "%PDF-");
}

TEST_F(DocumentRoutes, let_a_co_chair_do_what_the_secretary_may) {
  const auto of_chair = added("chair", "title=x&unit=HD");
  EXPECT_EQ(ask("POST", of_chair + "/take-back", bearer("site")).status, 403);
  conferences.co_chair = "HD-10507";
  EXPECT_EQ(ask("POST", of_chair + "/take-back", bearer("site")).status, 200);
  EXPECT_EQ(events->read(MeetingId(meeting))->back().actor, "HD-10507/site") << "in its own name";
  EXPECT_EQ(listed("site"), 1u) << "taken back, it still sees it";
  EXPECT_EQ(ask("POST", of_chair + "/give-out", bearer("site")).status, 200);
  EXPECT_EQ(upload("site", "title=y&unit=HD-10510", pdf()).status, 201);
  EXPECT_EQ(ask("DELETE", of_chair, bearer("site")).status, 204);
  EXPECT_EQ(ask("GET", all(), bearer("other")).status, 403) << "of another meeting, the same seat";
  conferences.co_chair.clear();
  EXPECT_EQ(upload("site", "title=z&unit=HD-10510", pdf()).status, 403);
}

TEST_F(DocumentRoutes, serve_content_so_that_nothing_of_it_runs) {
  const auto content =
      ask("GET", added("site", "title=T%C3%A0i%20%22li%E1%BB%87u%22") + "/content", bearer("site"));
  EXPECT_EQ(content.header("content-type"), "application/pdf");
  EXPECT_EQ(content.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(content.header("content-security-policy"),
            "default-src 'none'; sandbox; frame-ancestors 'none'");
  EXPECT_TRUE(content.header("content-disposition").starts_with("attachment; filename=\""));
  EXPECT_NE(content.header("content-disposition")
                .find("filename*=UTF-8''T%C3%A0i%20%22li%E1%BB%87u%22.pdf"),
            std::string::npos)
      << content.header("content-disposition");
}

TEST_F(DocumentRoutes, go_by_content_and_not_by_what_it_calls_itself) {
  const auto refused = upload("chair", "title=x.pdf", "MZ this is no PDF");
  EXPECT_EQ(refused.status, 415);
  EXPECT_EQ(refused.header("content-type"), "application/problem+json");
  EXPECT_EQ(code(refused), "document.unknown_type");
  EXPECT_EQ(code(upload("chair", "title=x", pdf(1, "/OpenAction << /S /JavaScript >>"))),
            "document.active");
  EXPECT_EQ(parsed(upload("chair", "title=x", png())).at("media_type"), "image/png");
  EXPECT_EQ(listed("chair"), 1u);
}

TEST_F(DocumentRoutes, refuse_what_is_too_large_before_and_while_it_comes) {
  mcu::DocumentLimits limits;
  limits.file = 100'000;
  limit_documents(limits);
  EXPECT_EQ(code(upload("site", "title=x", std::string(100'002, 'x'))), "request.too_large");
  EXPECT_EQ(code(upload("site", "title=x", std::string(100'001, 'x'))), "document.too_large");
  const std::string piece(60'000, 'x');
  const auto chunked = raw("POST " + all() + "?title=x HTTP/1.1\r\nHost: localhost\r\n" +
                           bearer("site") + "Transfer-Encoding: chunked\r\n\r\nea60\r\n" + piece +
                           "\r\nea60\r\n" + piece + "\r\n0\r\n\r\n");
  EXPECT_EQ(chunked.status, 413);
  EXPECT_EQ(listed("chair"), 0u);
}

TEST_F(DocumentRoutes, keep_nothing_of_an_upload_that_breaks_off) {
  {
    RawClient client(port());
    client.send("POST " + all() + "?title=x HTTP/1.1\r\nHost: localhost\r\n" + bearer("site") +
                "Content-Length: 200000\r\n\r\n" + std::string(150'000, 'x'));
  }
  EXPECT_EQ(ask("GET", all(), bearer("site")).status, 200);
  EXPECT_EQ(listed("chair"), 0u);
}

TEST_F(DocumentRoutes, keep_the_connection_after_an_upload_of_many_pieces) {
  const std::string large =
      pdf(1, "", {"<< /Length 300000 >>\nstream\n" + std::string(300'000, ' ') + "\nendstream"});
  RawClient client(port());
  client.send(request("POST", all() + "?title=x", bearer("site"), large));
  EXPECT_EQ(client.read().status, 201);
  client.send(request("GET", all(), bearer("site")));
  EXPECT_EQ(client.read().status, 200);
}

TEST_F(DocumentRoutes, ask_who_comes_before_they_read) {
  const auto post = [&](const std::string& lines) {
    return ask("POST", all() + "?title=x", lines, pdf()).status;
  };
  EXPECT_EQ(post(""), 401);
  EXPECT_EQ(post(bearer("other")), 403);
  EXPECT_EQ(post(bearer("viewer")), 403);
  EXPECT_EQ(post(cookie("site") + "Origin: https://evil.example\r\n"), 403);
  EXPECT_EQ(code(upload("site", "title=x&unit=HD-SNV", pdf())), "auth.forbidden");
  EXPECT_EQ(code(upload("chair", "title=x&unit=HD-SNV", pdf())), "");
  EXPECT_EQ(code(upload("chair", "title=x&unit=nowhere", pdf())), "units.unknown");
  EXPECT_EQ(code(upload("chair", "", pdf())), "document.bad_title");
  EXPECT_EQ(code(upload("chair", "title=%E2%80%AEx", pdf())), "document.bad_title");
  EXPECT_EQ(code(upload("chair", "title=x&agenda_item=9", pdf())), "document.no_item");
  EXPECT_EQ(code(upload("chair", "title=x&agenda_item=x", pdf())), "request.bad_query");
}

TEST_F(DocumentRoutes, hide_from_the_sites_what_was_taken_back_until_it_is_given_out_again) {
  const auto of_site = added("site"), of_chair = added("chair", "title=x&unit=HD");
  const auto post = [&](const std::string& who, const std::string& path) {
    return ask("POST", path, bearer(who)).status;
  };
  EXPECT_EQ(post("site", of_chair + "/take-back"), 403);
  EXPECT_EQ(post("site", of_site + "/take-back"), 200);
  EXPECT_EQ(post("chair", of_chair + "/take-back"), 200);
  EXPECT_EQ(listed("site"), 0u);
  EXPECT_EQ(listed("chair"), 2u);
  EXPECT_EQ(ask("GET", of_chair + "/content", bearer("site")).status, 404);
  EXPECT_EQ(ask("GET", of_chair + "/content", bearer("chair")).status, 200);
  EXPECT_EQ(post("site", of_chair + "/give-out"), 404);
  EXPECT_EQ(post("secretary", of_chair + "/give-out"), 200);
  EXPECT_EQ(ask("GET", of_chair + "/content", bearer("site")).status, 200);
  EXPECT_EQ(ask("DELETE", of_chair, bearer("site")).status, 403);
  EXPECT_EQ(ask("DELETE", of_chair, bearer("chair")).status, 204);
  EXPECT_EQ(ask("GET", of_chair + "/content", bearer("chair")).status, 404);
  EXPECT_EQ(ask("GET",
                "/api/v1/meetings/" + other + "/documents/" +
                    of_site.substr(of_site.rfind('/') + 1) + "/content",
                bearer("other"))
                .status,
            404);
}

TEST_F(DocumentRoutes, mark_what_was_shown_and_no_more_than_the_log_can_bear) {
  const auto document = added("site");
  EXPECT_EQ(ask("POST", document + "/shown?page=1", bearer("site")).status, 204);
  EXPECT_EQ(ask("POST", document + "/shown?page=0", bearer("site")).status, 400);
  EXPECT_EQ(ask("POST", document + "/shown", bearer("viewer")).status, 403);
  int refused = 0;
  for (int i = 0; i < 30; ++i)
    refused += ask("POST", document + "/shown?page=1", bearer("site")).status == 429 ? 1 : 0;
  EXPECT_GE(refused, 5);
  EXPECT_EQ(events->read(MeetingId(meeting))->back().kind, "document.shown");
}

}  // namespace
}  // namespace diemcau::test
