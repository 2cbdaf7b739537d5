#include "signaling/http/problem.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "signaling/messages.hpp"

namespace diemcau::signaling {

int status_of(Errc kind) {
  switch (kind) {
    case Errc::invalid_argument:
      return 400;
    case Errc::unauthorized:
      return 401;
    case Errc::forbidden:
      return 403;
    case Errc::not_found:
      return 404;
    case Errc::conflict:
      return 409;
    case Errc::too_large:
      return 413;
    case Errc::unsupported:
      return 415;
    case Errc::busy:
      return 429;
    case Errc::full:
      return 503;
    case Errc::unavailable:
      return 503;
    case Errc::io:
      return 500;
    case Errc::internal:
      return 500;
  }
  return 500;
}

HttpResponse problem(const Error& error) {
  // Full like a meeting, but waiting does not help (RFC 4918 §11.5).
  const bool disk_full = error.kind == Errc::full && error.code == "disk.full";
  return problem(disk_full ? 507 : status_of(error.kind), error);
}

HttpResponse problem(int status, const Error& error) {
  const auto title = title_vi(error.code);
  boost::json::object body;
  body["type"] = "about:blank";
  body["title"] = boost::json::string_view(title.data(), title.size());
  body["status"] = status;
  body["detail"] = status == 500 ? "The server could not do this; its log says why." : error.detail;
  body["code"] = error.code;
  HttpResponse response(status);
  response.headers.set("Content-Type", "application/problem+json");
  response.headers.set("Cache-Control", "no-store");
  if (status == 401) response.headers.set("WWW-Authenticate", "Bearer realm=\"diemcau\"");
  if (status == 429 || status == 503) response.headers.set("Retry-After", "5");
  response.body = boost::json::serialize(body);
  return response;
}

}  // namespace diemcau::signaling
