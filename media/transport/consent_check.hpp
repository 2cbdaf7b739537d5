#pragma once
// Asks the peer at the other end of the selected pair whether it still wants what it is sent
// (RFC 7675), once libnice has given up asking. libnice tells of no answer, and an answer counts
// only with the number of a request that was sent there: that is what proves it was received.

#include <cstdint>
#include <memory>
#include <span>

#include "media/session_parameters.hpp"

namespace diemcau::media {

class ConsentCheck {
 public:
  enum class Answer { none, granted, refused };

  ConsentCheck(const IceParameters& local, const IceParameters& remote, bool controlling);
  ~ConsentCheck();
  ConsentCheck(const ConsentCheck&) = delete;
  ConsentCheck& operator=(const ConsentCheck&) = delete;

  /// A new STUN binding request, to be sent once. Empty: none could be made.
  std::span<const std::uint8_t> request() noexcept;
  /// A datagram from the peer: `refused` is an error response of 403 (§5.2).
  Answer look_at(std::span<const std::uint8_t> datagram) noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace diemcau::media
