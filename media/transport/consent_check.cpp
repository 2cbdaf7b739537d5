#include "media/transport/consent_check.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include <stun/stunagent.h>
#include <stun/usages/ice.h>

#include "base/random.hpp"

namespace diemcau::media {

namespace {
// An answer may be to an earlier request (§5.1): of the last 30 s, one every 2 s.
constexpr std::size_t kOutstanding = 15;
// Peer-reflexive (RFC 8445 §5.1.2.1): what a check without a candidate of its own claims.
constexpr std::uint32_t kPriority = (110U << 24) | (65'535U << 8) | 255U;
constexpr std::size_t kMostStun = 1300;
}  // namespace

struct ConsentCheck::Impl {
  StunAgent agent{};
  std::string user, password;
  bool controlling = false;
  std::uint64_t tie = 0;
  std::array<std::uint8_t, kMostStun> bytes{};
  std::array<std::array<std::uint8_t, STUN_MESSAGE_TRANS_ID_LEN>, kOutstanding> sent{};
  std::size_t count = 0;
};

ConsentCheck::ConsentCheck(const IceParameters& local, const IceParameters& remote,
                           bool controlling)
    : impl_(std::make_unique<Impl>()) {
  stun_agent_init(&impl_->agent, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                  static_cast<StunAgentUsageFlags>(STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS |
                                                   STUN_AGENT_USAGE_USE_FINGERPRINT |
                                                   STUN_AGENT_USAGE_CONSENT_FRESHNESS));
  impl_->user = remote.ufrag + ":" + local.ufrag;
  impl_->password = remote.password;
  impl_->controlling = controlling;
  impl_->tie = random_bits<std::uint64_t>();
}

ConsentCheck::~ConsentCheck() = default;

std::span<const std::uint8_t> ConsentCheck::request() noexcept {
  auto& oldest = impl_->sent[impl_->count % kOutstanding];
  if (impl_->count >= kOutstanding)  // the agent remembers a bounded number of them
    stun_agent_forget_transaction(&impl_->agent, oldest.data());
  StunMessage message{};
  const auto size = stun_usage_ice_conncheck_create(
      &impl_->agent, &message, impl_->bytes.data(), impl_->bytes.size(),
      reinterpret_cast<const std::uint8_t*>(impl_->user.data()), impl_->user.size(),
      reinterpret_cast<const std::uint8_t*>(impl_->password.data()), impl_->password.size(), false,
      impl_->controlling, kPriority, impl_->tie, nullptr, STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
  if (size == 0) return {};
  stun_message_id(&message, oldest.data());
  ++impl_->count;
  return {impl_->bytes.data(), size};
}

ConsentCheck::Answer ConsentCheck::look_at(std::span<const std::uint8_t> datagram) noexcept {
  StunMessage message{};
  if (datagram.size() > kMostStun) return Answer::none;
  // Only a response with the number of one of our requests, sealed with the peer's password,
  // passes; its number is forgotten with it.
  switch (stun_agent_validate(&impl_->agent, &message, datagram.data(), datagram.size(), nullptr,
                              nullptr)) {
    case STUN_VALIDATION_SUCCESS:
      return stun_message_get_class(&message) == STUN_RESPONSE ? Answer::granted : Answer::none;
    case STUN_VALIDATION_FORBIDDEN:
      return Answer::refused;
    default:
      return Answer::none;
  }
}

}  // namespace diemcau::media
