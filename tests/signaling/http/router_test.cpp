#include "signaling/http/router.hpp"

#include <gtest/gtest.h>

namespace diemcau::signaling {
namespace {

Route route(Method method, std::string pattern) {
  Route out;
  out.method = method;
  out.pattern = std::move(pattern);
  out.handler = [](const RequestContext&) -> boost::asio::awaitable<Result<HttpResponse>> {
    co_return HttpResponse(200);
  };
  return out;
}

class RouterTest : public ::testing::Test {
 protected:
  RouterTest() {
    router.add(route(Method::get, "/a/{id}"));
    router.add(route(Method::get, "/a/fixed"));
    router.add(route(Method::post, "/a/{id}"));
    router.add(route(Method::del, "/a/{id}/b"));
    router.add(route(Method::get, "/{path...}"));
  }
  std::string found(Method method, std::vector<std::string> segments) {
    const auto match = router.find(method, segments);
    return match.route == nullptr ? "none" : match.route->pattern;
  }
  Router router;
};

TEST_F(RouterTest, prefers_literals_to_parameters_to_the_rest) {
  EXPECT_EQ(found(Method::get, {"a", "fixed"}), "/a/fixed");
  EXPECT_EQ(found(Method::get, {"a", "7"}), "/a/{id}");
  EXPECT_EQ(found(Method::get, {"b", "c", "d"}), "/{path...}");
  EXPECT_EQ(found(Method::get, {}), "/{path...}");
}

TEST_F(RouterTest, gives_parameters_decoded) {
  EXPECT_EQ(router.find(Method::get, {"a", "x y"}).path.get("id"), "x y");
  EXPECT_EQ(router.find(Method::get, {"b", "c"}).path.get("path"), "b/c");
}

TEST_F(RouterTest, answers_head_with_the_route_of_get) {
  EXPECT_EQ(found(Method::head, {"a", "7"}), "/a/{id}");
}

TEST_F(RouterTest, does_not_let_the_rest_answer_for_a_path_with_other_methods) {
  EXPECT_EQ(found(Method::get, {"a", "7", "b"}), "none");
  EXPECT_EQ(router.methods_of({"a", "7", "b"}), std::vector<Method>{Method::del});
  EXPECT_TRUE(router.methods_of({"nowhere"}).empty());
}

TEST_F(RouterTest, refuses_the_same_route_twice) {
  EXPECT_THROW(router.add(route(Method::get, "/a/{id}")), std::logic_error);
}

}  // namespace
}  // namespace diemcau::signaling
