#pragma once
// Expected failure as a value. Exceptions are for broken invariants and stop at the edge.

#include <string>
#include <string_view>

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

namespace diemcau {

/// What kind of failure it is; the HTTP edge maps each to one status code.
enum class Errc {
  invalid_argument,  // 400: malformed or out of bounds
  unauthorized,      // 401: who are you
  forbidden,         // 403: you may not
  not_found,         // 404
  conflict,          // 409: the state does not allow it now
  too_large,         // 413
  unsupported,       // 415 or 422: understood, not served
  busy,              // 429: too many attempts
  full,              // 503 with Retry-After: a configured limit
  unavailable,       // 503: not ready or shutting down
  io,                // 500: disk, database, socket
  internal,          // 500: a bug of ours
};

struct Error {
  Errc kind = Errc::internal;
  /// Stable, program-readable, dotted: "sdp.no_bundle". Clients may branch on it.
  std::string code;
  /// One English sentence for logs and problem+json. Never holds secrets.
  std::string detail;

  bool operator==(const Error&) const = default;
};

template <class T>
using Result = boost::system::result<T, Error>;

inline Error make_error(Errc kind, std::string_view code, std::string_view detail) {
  return Error{kind, std::string(code), std::string(detail)};
}

/// Called by Result::value() on an error: a misuse, since callers test first.
[[noreturn]] void throw_exception_from_error(const Error& error,
                                             const boost::source_location& where);

}  // namespace diemcau
