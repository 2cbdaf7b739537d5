#pragma once
// Who is asking: the cookie of a page or the bearer token of a device.

#include <chrono>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "signaling/auth/identity.hpp"
#include "signaling/auth/token_store.hpp"

namespace diemcau::signaling {

struct SignedIn {
  std::string cookie;  // its value; never logged
  Identity who;
  std::chrono::seconds lifetime{0};
};

/// Any I/O thread.
class Authenticator {
 public:
  template <class T>
  using Async = boost::asio::awaitable<Result<T>>;

  virtual ~Authenticator() = default;
  /// Errors: auth.no_session (unauthorized).
  virtual Async<Identity> from_cookie(std::string cookie) = 0;
  /// Errors: auth.bad_token (unauthorized).
  virtual Async<Identity> from_bearer(std::string token) = 0;
  /// Errors: auth.bad_credentials (unauthorized), auth.too_many_attempts (busy).
  virtual Async<SignedIn> sign_in(std::string username, std::string password, std::string peer) = 0;
  /// A token exchanged for a cookie, so that a page can open a WebSocket with it.
  virtual Async<SignedIn> sign_in_with_token(std::string token, std::string peer) = 0;
  /// By a token that was found by another proof than its secret (a link and its PIN).
  virtual Async<SignedIn> sign_in_as(Token token) = 0;
  /// An enrolled device's own cookie exchanged for a session. Errors: auth.no_session.
  virtual Async<SignedIn> sign_in_as_device(std::string secret) = 0;
  virtual Async<void> sign_out(std::string cookie) = 0;
};

}  // namespace diemcau::signaling
