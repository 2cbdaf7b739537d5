#include "tests/bench/load/ice_agent.hpp"

#include <openssl/rand.h>

namespace diemcau::bench {
namespace {

using namespace std::chrono_literals;
constexpr Duration kRepeat = 50ms;               // until answered
constexpr Duration kConsent = 2500ms;            // as browsers do; RFC 7675 §5.1 says about 5 s
constexpr std::uint32_t kPriority = 0x6E7F00FF;  // of a peer-reflexive candidate

std::string random_text(std::size_t size) {
  static constexpr char kChars[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text(size, '\0');
  RAND_bytes(reinterpret_cast<unsigned char*>(text.data()), static_cast<int>(size));
  for (char& c : text) c = kChars[static_cast<unsigned char>(c) & 63];
  return text;
}
}  // namespace

IceAgent::IceAgent(bool controlling)
    : controlling_(controlling), ufrag_(random_text(8)), password_(random_text(24)) {
  RAND_bytes(reinterpret_cast<unsigned char*>(&tie_breaker_), sizeof tie_breaker_);
}

void IceAgent::set_remote(const std::string& ufrag, const std::string& password) {
  username_ = ufrag + ":" + ufrag_;
  remote_password_ = password;
  next_check_ = TimePoint::min();
}

std::size_t IceAgent::write_check(std::span<std::uint8_t> room, TimePoint now) {
  RAND_bytes(transaction_.data(), static_cast<int>(transaction_.size()));
  next_check_ = now + (selected_ ? kConsent : kRepeat);
  return write_binding_request(
      room, transaction_, {username_, remote_password_, kPriority, tie_breaker_, controlling_});
}

std::size_t IceAgent::on_datagram(std::span<const std::uint8_t> datagram, const sockaddr_in& from,
                                  std::span<std::uint8_t> room, TimePoint now) {
  const auto header = read_stun(datagram);
  if (!header) return 0;
  if (header->kind == StunHeader::Kind::request)
    return write_binding_response(room, header->transaction, from, password_);
  if (header->kind == StunHeader::Kind::response && header->transaction == transaction_ &&
      !selected_) {
    selected_ = true;
    next_check_ = now + kConsent;
  }
  return 0;
}

}  // namespace diemcau::bench
