#include "signaling/store_authenticator.hpp"

#include <algorithm>

#include "signaling/async.hpp"

namespace diemcau::signaling {
namespace asio = boost::asio;
namespace {

constexpr std::size_t kMaxSecret = 512;  // ours are far shorter
constexpr std::size_t kMaxUsername = 64;
constexpr std::size_t kMaxPassword = 1024;
constexpr int kMaxChecking = 8;  // waiting or being checked at once

std::string fold(std::string name) {
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return name;
}

class Held {
 public:
  explicit Held(std::atomic<int>& count) : count_(count) { mine_ = ++count_; }
  ~Held() { --count_; }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  bool within(int limit) const { return mine_ <= limit; }

 private:
  std::atomic<int>& count_;
  int mine_;
};

Error too_many() {
  return make_error(Errc::busy, "auth.too_many_attempts",
                    "too many attempts from here or for this account; wait and try again");
}

}  // namespace

StoreAuthenticator::StoreAuthenticator(AccountStore& accounts, TokenStore& tokens,
                                       DeviceStore& devices, SessionStore& sessions,
                                       asio::thread_pool& pool, const Clock& clock,
                                       Metrics& metrics, PasswordThrottle::Limits limits)
    : accounts_(accounts),
      tokens_(tokens),
      devices_(devices),
      sessions_(sessions),
      pool_(pool),
      clock_(clock),
      throttle_(limits),
      refused_(metrics.counter("diemcau_sign_in_refused_total", "Sign-ins refused, by reason",
                               {{"reason", "credentials"}})),
      throttled_(metrics.counter("diemcau_sign_in_refused_total", "Sign-ins refused, by reason",
                                 {{"reason", "attempts"}})) {}

Authenticator::Async<Identity> StoreAuthenticator::from_cookie(std::string cookie) {
  if (cookie.empty() || cookie.size() > kMaxSecret)
    co_return make_error(Errc::unauthorized, "auth.no_session", "no such session");
  auto look = [this, &cookie] { return sessions_.resolve(cookie); };
  Result<Identity> who = co_await on_pool(pool_, std::move(look));
  co_return who;
}

Authenticator::Async<Identity> StoreAuthenticator::from_bearer(std::string token) {
  if (token.empty() || token.size() > kMaxSecret)
    co_return make_error(Errc::unauthorized, "auth.bad_token", "no such token");
  auto look = [this, &token]() -> Result<Identity> {
    auto found = tokens_.resolve(token);
    if (!found) return found.error();
    return identity_of(*found);
  };
  Result<Identity> who = co_await on_pool(pool_, std::move(look));
  co_return who;
}

Authenticator::Async<SignedIn> StoreAuthenticator::sign_in(std::string username,
                                                           std::string password, std::string peer) {
  const std::string account = fold(std::move(username));
  if (account.size() > kMaxUsername || password.size() > kMaxPassword) {
    refused_.add();
    co_return make_error(Errc::unauthorized, "auth.bad_credentials",
                         "the user name or the password is wrong");
  }
  const Held place(checking_);
  if (!place.within(kMaxChecking) || !throttle_.allow(account, peer, clock_.now())) {
    throttled_.add();
    co_return too_many();
  }
  auto check = [this, &account, &password]() -> Result<SignedIn> {
    auto verified = accounts_.verify(account, password);
    if (!verified) return verified.error();
    auto cookie = sessions_.create(*verified);
    if (!cookie) return cookie.error();
    return SignedIn{std::move(*cookie), identity_of(*verified), kSessionLifetime};
  };
  Result<SignedIn> session = co_await on_pool(pool_, std::move(check));
  if (session)
    throttle_.succeeded(account);
  else if (session.error().kind == Errc::unauthorized)
    refused_.add();
  co_return session;
}

Authenticator::Async<SignedIn> StoreAuthenticator::sign_in_with_token(std::string token,
                                                                      std::string peer) {
  (void)peer;  // 256 random bits are not guessed: nothing to throttle
  if (token.empty() || token.size() > kMaxSecret)
    co_return make_error(Errc::unauthorized, "auth.bad_token", "no such token");
  auto exchange = [this, &token]() -> Result<SignedIn> {
    auto found = tokens_.resolve(token);
    if (!found) return found.error();
    return session_of(*found);
  };
  Result<SignedIn> session = co_await on_pool(pool_, std::move(exchange));
  co_return session;
}

Authenticator::Async<SignedIn> StoreAuthenticator::sign_in_as(Token token) {
  auto exchange = [this, &token] { return session_of(token); };
  Result<SignedIn> session = co_await on_pool(pool_, std::move(exchange));
  co_return session;
}

Result<SignedIn> StoreAuthenticator::session_of(const Token& token) {
  auto cookie = sessions_.create(token);
  if (!cookie) return cookie.error();
  const auto left =
      std::chrono::duration_cast<std::chrono::seconds>(token.expires_at - clock_.wall());
  return SignedIn{std::move(*cookie), identity_of(token),
                  std::min<std::chrono::seconds>(kSessionLifetime, left)};
}

Authenticator::Async<SignedIn> StoreAuthenticator::sign_in_as_device(std::string secret) {
  auto exchange = [this, &secret]() -> Result<SignedIn> {
    auto device = devices_.resolve(secret);
    if (!device) return device.error();
    auto cookie = sessions_.create(*device);
    if (!cookie) return cookie.error();
    return SignedIn{std::move(*cookie), identity_of(*device), kSessionLifetime};
  };
  Result<SignedIn> session = co_await on_pool(pool_, std::move(exchange));
  co_return session;
}

Authenticator::Async<void> StoreAuthenticator::sign_out(std::string cookie) {
  if (cookie.size() > kMaxSecret) co_return Result<void>();
  auto revoke = [this, &cookie] { return sessions_.revoke(cookie); };
  Result<void> done = co_await on_pool(pool_, std::move(revoke));
  co_return done;
}

}  // namespace diemcau::signaling
