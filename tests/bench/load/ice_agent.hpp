#pragma once
// An ICE agent with one candidate of its own and one pair (RFC 8445): enough for a server on
// loopback. Checks until answered, keeps consent (RFC 7675), answers the server's checks.
// Knows no socket. Thread: one.

#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "tests/bench/load/stun.hpp"

namespace diemcau::bench {

class IceAgent {
 public:
  /// `controlling`: we made the offer.
  explicit IceAgent(bool controlling);

  const std::string& ufrag() const noexcept { return ufrag_; }
  const std::string& password() const noexcept { return password_; }
  void set_remote(const std::string& ufrag, const std::string& password);

  /// When the next check is to be sent; `TimePoint::max()` before set_remote.
  TimePoint next_check() const noexcept { return next_check_; }
  std::size_t write_check(std::span<std::uint8_t> room, TimePoint now);
  /// Returns the size of the answer written to `room`, 0 when there is none.
  std::size_t on_datagram(std::span<const std::uint8_t> datagram, const sockaddr_in& from,
                          std::span<std::uint8_t> room, TimePoint now);
  /// A check of ours was answered: the pair may be used.
  bool selected() const noexcept { return selected_; }

 private:
  const bool controlling_;
  std::string ufrag_, password_, username_, remote_password_;
  std::uint64_t tie_breaker_ = 0;
  StunTransaction transaction_{};
  TimePoint next_check_ = TimePoint::max();
  bool selected_ = false;
};

}  // namespace diemcau::bench
