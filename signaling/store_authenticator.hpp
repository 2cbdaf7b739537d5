#pragma once
// The Authenticator over the stores of accounts, tokens and sessions; their blocking calls run on
// the pool. Not in auth/, because auth/ is also linked by the command line, which has no Asio.

#include <atomic>

#include <boost/asio/thread_pool.hpp>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "signaling/auth/account_store.hpp"
#include "signaling/auth/authenticator.hpp"
#include "signaling/auth/session_store.hpp"
#include "signaling/auth/token_store.hpp"
#include "signaling/password_throttle.hpp"

namespace diemcau::signaling {

class StoreAuthenticator final : public Authenticator {
 public:
  /// Borrowed: all outlive it.
  StoreAuthenticator(AccountStore& accounts, TokenStore& tokens, DeviceStore& devices,
                     SessionStore& sessions, boost::asio::thread_pool& pool, const Clock& clock,
                     Metrics& metrics, PasswordThrottle::Limits limits = {});

  Async<Identity> from_cookie(std::string cookie) override;
  Async<Identity> from_bearer(std::string token) override;
  Async<SignedIn> sign_in(std::string username, std::string password, std::string peer) override;
  Async<SignedIn> sign_in_with_token(std::string token, std::string peer) override;
  Async<SignedIn> sign_in_as(Token token) override;
  Async<SignedIn> sign_in_as_device(std::string secret) override;
  Async<void> sign_out(std::string cookie) override;

 private:
  Result<SignedIn> session_of(const Token& token);  // blocking

  AccountStore& accounts_;
  TokenStore& tokens_;
  DeviceStore& devices_;
  SessionStore& sessions_;
  boost::asio::thread_pool& pool_;
  const Clock& clock_;
  PasswordThrottle throttle_;
  /// Each check takes a good fraction of a second and tens of megabytes on purpose: a crowd of them
  /// must not keep the pool from everything else.
  std::atomic<int> checking_{0};
  Counter& refused_;
  Counter& throttled_;
};

}  // namespace diemcau::signaling
