#include "tests/bench/load/stun.hpp"

#include <cstring>

#include <boost/crc.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "media/rtp/byte_order.hpp"

namespace diemcau::bench {
namespace {

using media::load16;
using media::load32;
using media::store16;
using media::store32;

constexpr std::uint32_t kCookie = 0x2112A442;
constexpr std::size_t kHeader = 20;
constexpr std::uint16_t kRequest = 0x0001, kResponse = 0x0101;
enum Attribute : std::uint16_t {
  kUsername = 0x0006,
  kMessageIntegrity = 0x0008,
  kXorMappedAddress = 0x0020,
  kPriority = 0x0024,
  kUseCandidate = 0x0025,
  kFingerprint = 0x8028,
  kIceControlled = 0x8029,
  kIceControlling = 0x802A,
};

class Message {
 public:
  Message(std::span<std::uint8_t> room, std::uint16_t type, const StunTransaction& transaction)
      : room_(room) {
    store16(room_.data(), type);
    store32(room_.data() + 4, kCookie);
    std::memcpy(room_.data() + 8, transaction.data(), transaction.size());
  }
  std::uint8_t* append(std::uint16_t attribute, std::size_t size) {
    std::uint8_t* at = room_.data() + size_;
    store16(at, attribute);
    store16(at + 2, static_cast<std::uint16_t>(size));
    const std::size_t padded = (size + 3) / 4 * 4;
    std::memset(at + 4, 0, padded);
    size_ += 4 + padded;
    set_length(size_ - kHeader);
    return at + 4;
  }
  /// MESSAGE-INTEGRITY and FINGERPRINT, whose lengths count before they are there
  /// (RFC 8489 §14.5, §14.7).
  std::size_t finish(std::string_view password) {
    set_length(size_ - kHeader + 24);
    std::uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned digest_size = 0;
    HMAC(EVP_sha1(), password.data(), static_cast<int>(password.size()), room_.data(), size_,
         digest, &digest_size);
    std::memcpy(append(kMessageIntegrity, 20), digest, 20);
    set_length(size_ - kHeader + 8);
    boost::crc_32_type crc;
    crc.process_bytes(room_.data(), size_);
    const auto sum = static_cast<std::uint32_t>(crc.checksum()) ^ 0x5354554Eu;
    store32(append(kFingerprint, 4), sum);
    return size_;
  }

 private:
  void set_length(std::size_t length) {
    store16(room_.data() + 2, static_cast<std::uint16_t>(length));
  }
  std::span<std::uint8_t> room_;
  std::size_t size_ = kHeader;
};

}  // namespace

std::optional<StunHeader> read_stun(std::span<const std::uint8_t> datagram) {
  if (datagram.size() < kHeader || load32(datagram.data() + 4) != kCookie) return std::nullopt;
  StunHeader header;
  const std::uint16_t type = load16(datagram.data());
  header.kind = type == kRequest    ? StunHeader::Kind::request
                : type == kResponse ? StunHeader::Kind::response
                                    : StunHeader::Kind::other;
  std::memcpy(header.transaction.data(), datagram.data() + 8, header.transaction.size());
  return header;
}

std::size_t write_binding_request(std::span<std::uint8_t> room, const StunTransaction& transaction,
                                  const BindingRequest& request) {
  Message message(room, kRequest, transaction);
  std::memcpy(message.append(kUsername, request.username.size()), request.username.data(),
              request.username.size());
  store32(message.append(kPriority, 4), request.priority);
  std::uint8_t* tie = message.append(request.controlling ? kIceControlling : kIceControlled, 8);
  store32(tie, static_cast<std::uint32_t>(request.tie_breaker >> 32));
  store32(tie + 4, static_cast<std::uint32_t>(request.tie_breaker));
  if (request.controlling) message.append(kUseCandidate, 0);
  return message.finish(request.password);
}

std::size_t write_binding_response(std::span<std::uint8_t> room, const StunTransaction& transaction,
                                   const sockaddr_in& from, std::string_view password) {
  Message message(room, kResponse, transaction);
  std::uint8_t* mapped = message.append(kXorMappedAddress, 8);
  mapped[1] = 1;  // IPv4
  store16(mapped + 2, static_cast<std::uint16_t>(ntohs(from.sin_port) ^ (kCookie >> 16)));
  store32(mapped + 4, ntohl(from.sin_addr.s_addr) ^ kCookie);
  return message.finish(password);
}

}  // namespace diemcau::bench
