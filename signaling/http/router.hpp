#pragma once
// Routes as data: which method on which path, who may, how large a body, and what answers.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "signaling/auth/identity.hpp"
#include "signaling/http/types.hpp"

namespace diemcau::signaling {

class WebSocket;

/// What stood in the pattern's braces, decoded.
class PathParameters {
 public:
  void add(std::string name, std::string value);
  /// Empty when the pattern has no such name.
  const std::string& get(std::string_view name) const;

 private:
  NameValues values_;
};

/// Lives until the handler's coroutine ends.
struct RequestContext {
  HttpRequest request;
  PathParameters path;
  std::optional<Identity> who;  // empty only on open routes
};

using HttpHandler =
    std::function<boost::asio::awaitable<Result<HttpResponse>>(const RequestContext&)>;
/// Returns when the visit is over. `who` may be empty: the handler closes with 4401, because a page
/// cannot read the status of a refused upgrade.
using WebSocketHandler =
    std::function<boost::asio::awaitable<void>(std::shared_ptr<WebSocket>, const RequestContext&)>;

/// A body too large to hold, on its way in. Destroyed without finish() when the client went away or
/// was refused.
class Upload {
 public:
  virtual ~Upload() = default;
  /// The next bytes. Blocking, on the pool. An error is the answer, and the rest is not read.
  virtual Result<void> write(std::span<const char> piece) = 0;
  /// Everything was written; what to answer.
  virtual boost::asio::awaitable<Result<HttpResponse>> finish() = 0;
};
/// Asked when the head is admitted, before any of the body is read. `length`: as announced.
using UploadHandler = std::function<boost::asio::awaitable<Result<std::unique_ptr<Upload>>>(
    const RequestContext&, std::optional<std::uint64_t> length)>;

enum class Access {
  open,  // nobody is asked who he is
  signed_in,
  manager,  // admin, chair, secretary
};

struct Route {
  Method method = Method::get;
  std::string pattern;  // "/api/v1/meetings/{id}"; a last "{path...}" takes the rest
  Access access = Access::signed_in;
  std::size_t body_limit = 0;
  HttpHandler handler;
  WebSocketHandler websocket;  // instead of handler; its access is checked by the handler itself
  UploadHandler upload;        // instead of handler: the body is streamed
  /// Pages of other origins may call it (WHIP, WHEP).
  bool cors = false;
  /// Only a bearer token speaks here, never a cookie.
  bool bearer_only = false;
};

struct RouteMatch {
  const Route* route = nullptr;
  PathParameters path;
};

class Router {
 public:
  /// Before the server starts. Throws std::logic_error on a duplicate or malformed route.
  void add(Route route);

  /// Most exact first: literals before parameters before "{…...}". HEAD finds the route of GET when
  /// it has none of its own.
  RouteMatch find(Method method, const std::vector<std::string>& segments) const;
  /// The methods served on that path, for Allow; empty when there is no such path. "{…...}" does
  /// not count: it stands for whatever files there are.
  std::vector<Method> methods_of(const std::vector<std::string>& segments) const;
  const std::vector<std::unique_ptr<Route>>& routes() const noexcept { return routes_; }

 private:
  std::vector<std::unique_ptr<Route>> routes_;  // stable addresses
};

}  // namespace diemcau::signaling
