// Signing in and out, and who I am.

#include "mcu/api/json_body.hpp"
#include "mcu/api/route_families.hpp"
#include "signaling/http/dispatcher.hpp"

namespace diemcau::mcu {
namespace {

using signaling::HttpRequest;
using signaling::HttpResponse;
using signaling::Method;
using signaling::RequestContext;

boost::json::object describe(const signaling::Identity& who) {
  boost::json::object out;
  out["name"] = who.name;
  const auto role = signaling::name_of(who.role);
  out["role"] = boost::json::string_view(role.data(), role.size());
  out["unit"] = who.unit.str();
  if (who.meeting) out["meeting"] = who.meeting->str();
  return out;
}

Reply sign_in(const ApiDependencies& api, const RequestContext& context) {
  auto body = json_body(context.request);
  if (!body) co_return body.error();
  const auto device = optional_flag(*body, "device", false);
  if (!device) co_return device.error();
  if (*device) co_return co_await sign_in_as_device(api, context);
  auto link = optional_text(*body, "link", 128);
  if (!link) co_return link.error();
  if (*link) {
    auto pin = required_text(*body, "pin", 64);
    if (!pin) co_return pin.error();
    co_return co_await sign_in_by_link(api, context, std::move(**link), std::move(*pin));
  }
  auto token = optional_text(*body, "token", 512);
  if (!token) co_return token.error();
  Result<signaling::SignedIn> session = make_error(Errc::internal, "internal", "not asked");
  std::string peer = context.request.peer;
  if (*token) {
    std::string secret = std::move(**token);
    session = co_await api.authenticator->sign_in_with_token(std::move(secret), std::move(peer));
  } else {
    auto username = required_text(*body, "username", 64);
    if (!username) co_return username.error();
    auto password = required_text(*body, "password", 1024);
    if (!password) co_return password.error();
    std::string name = std::move(*username);
    std::string secret = std::move(*password);
    session =
        co_await api.authenticator->sign_in(std::move(name), std::move(secret), std::move(peer));
  }
  if (!session) co_return session.error();
  co_return session_reply(context.request, *session);
}

Reply sign_out(const ApiDependencies& api, const RequestContext& context) {
  const auto name = signaling::session_cookie_name(context.request.secure);
  if (const auto cookie = context.request.cookie(name)) {
    std::string value(*cookie);
    Result<void> done = co_await api.authenticator->sign_out(std::move(value));
    if (!done) co_return done.error();
  }
  HttpResponse response(204);
  response.headers.add("Set-Cookie",
                       cookie_field(context.request, name, "", std::chrono::seconds(0)));
  response.headers.set("Cache-Control", "no-store");
  co_return response;
}

Reply who_am_i(const ApiDependencies&, const RequestContext& context) {
  co_return json_reply(200, describe(*context.who));
}

}  // namespace

/// __Host- (https): Secure, Path=/ and no Domain, so that no other host can set or read it.
std::string cookie_field(const HttpRequest& request, std::string_view name,
                         const std::string& value, std::chrono::seconds lifetime) {
  std::string field(name);
  field += "=" + value +
           "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(lifetime.count());
  if (request.secure) field += "; Secure";
  return field;
}

HttpResponse session_reply(const HttpRequest& request, const signaling::SignedIn& session) {
  HttpResponse response = json_reply(200, describe(session.who));
  response.headers.add("Set-Cookie",
                       cookie_field(request, signaling::session_cookie_name(request.secure),
                                    session.cookie, session.lifetime));
  return response;
}

void register_session_routes(signaling::Router& router, const Api& api) {
  const std::string pattern = "/api/v1/session";
  auto post = make_route(Method::post, pattern, api, sign_in);
  post.access = signaling::Access::open;
  post.body_limit = 8 * 1024;
  router.add(std::move(post));
  // Open: signing out of a session that has ended is no error.
  auto del = make_route(Method::del, pattern, api, sign_out);
  del.access = signaling::Access::open;
  router.add(std::move(del));
  router.add(make_route(Method::get, pattern, api, who_am_i));
}

}  // namespace diemcau::mcu
