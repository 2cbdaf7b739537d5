#pragma once
// From a request's head to the route that answers it: path, method, Origin, who, right, body size,
// in that order. Knows no socket. Any I/O thread.

#include <memory>
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "signaling/auth/authenticator.hpp"
#include "signaling/http/origin_policy.hpp"
#include "signaling/http/router.hpp"

namespace diemcau::signaling {

/// The cookie's name: "__Host-diemcau" over https, "diemcau" on plain loopback, where browsers
/// refuse the prefix.
std::string_view session_cookie_name(bool secure);

class Dispatcher {
 public:
  Dispatcher(Router router, Authenticator& authenticator, OriginPolicy origins, const Clock& clock,
             Metrics& metrics);
  ~Dispatcher();

  struct Admitted {
    const Route* route = nullptr;  // null: `refusal` is the answer
    RequestContext context;
    std::optional<HttpResponse> refusal;
    TimePoint began{};
  };

  /// With the head only; the body is read by the caller once the route is known. content_length:
  /// as announced, 0 when there is none or it is chunked.
  boost::asio::awaitable<std::unique_ptr<Admitted>> admit(HttpRequest request, bool is_upgrade,
                                                          std::uint64_t content_length);
  /// The route's answer, or the problem it returned or threw.
  boost::asio::awaitable<HttpResponse> answer(const Admitted& admitted);

  /// For a route that streams its body: who takes it, or the problem that stands against it.
  boost::asio::awaitable<Result<std::unique_ptr<Upload>>> open_upload(
      const Admitted& admitted, std::optional<std::uint64_t> length);
  /// The answer to a body that was written to `upload` to its end.
  boost::asio::awaitable<HttpResponse> finish_upload(const Admitted& admitted, Upload& upload);
  /// What to tell a client of a failure; what failed inside goes to the log.
  HttpResponse failed(const Admitted& admitted, const Error& failure) const;

  /// Adds what every response carries and counts it. Exactly once per request.
  void finish(const Admitted& admitted, HttpResponse& response);
  /// For a request that never reached a route.
  void finish_unrouted(HttpResponse& response, bool secure);

  const Router& router() const noexcept { return router_; }

 private:
  boost::asio::awaitable<Result<Identity>> identify(const HttpRequest& request, const Route& route);
  void count(const std::string& route, int status);
  HttpResponse no_route(const HttpRequest& request) const;

  Router router_;
  Authenticator& authenticator_;
  OriginPolicy origins_;
  const Clock& clock_;
  Metrics& metrics_;
};

}  // namespace diemcau::signaling
