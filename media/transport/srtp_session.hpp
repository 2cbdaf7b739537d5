#pragma once
// SRTP and SRTCP of one peer (RFC 3711, RFC 7714) on libsrtp, keyed by DTLS (RFC 5764).
// Knows no socket. Thread: one, not checked here (the owner is).

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/prefetch.hpp"
#include "base/result.hpp"
#include "media/transport/transport_counters.hpp"

struct srtp_ctx_t_;

namespace diemcau::media {

enum class SrtpProfile : std::uint8_t { aead_aes_128_gcm, aes_cm_128_hmac_sha1_80 };

/// IANA's name: "AEAD_AES_128_GCM".
std::string_view name_of(SrtpProfile profile);
/// Bytes of master key and of master salt.
struct SrtpKeySizes {
  std::size_t key, salt;
};
SrtpKeySizes key_sizes_of(SrtpProfile profile);

class SrtpSession {
 public:
  /// Room that protect_rtp and protect_rtcp may need behind the packet.
  static constexpr std::size_t kMaxTrailer = 16 + 4;
  /// More SSRCs than any site has (three slots, simulcast, RTX, a few restarts). libsrtp keeps
  /// state for each for ever, so a peer inventing them would grow us without bound.
  static constexpr std::size_t kMaxInboundSsrcs = 64;

  /// Keys are master key followed by master salt, sizes as key_sizes_of says. `repeated`: our own
  /// sources whose packets may be sent again under their own numbers.
  static Result<std::unique_ptr<SrtpSession>> create(SrtpProfile profile,
                                                     std::span<const std::uint8_t> outbound_key,
                                                     std::span<const std::uint8_t> inbound_key,
                                                     TransportCounters& counters,
                                                     std::span<const std::uint32_t> repeated = {});
  ~SrtpSession();
  SrtpSession(const SrtpSession&) = delete;
  SrtpSession& operator=(const SrtpSession&) = delete;

  SrtpProfile profile() const noexcept { return profile_; }

  /// In place; `room` holds `size` bytes of plaintext and at least kMaxTrailer bytes more.
  /// Returns the protected size, 0 when refused (not RTP, a sequence number used before or long
  /// past). A source that may repeat uses a number again only for the same bytes: sound is repaired
  /// within its own numbers, and GCM gives its key away to whoever sees one nonce over two texts.
  /// RtpSender sees to it.
  std::size_t protect_rtp(std::span<std::uint8_t> room, std::size_t size) noexcept;
  std::size_t protect_rtcp(std::span<std::uint8_t> room, std::size_t size) noexcept;
  /// Asks the cache for what protect_rtp() will touch first.
  void approach() const noexcept { prefetch(outbound_); }

  /// In place. Empty when refused, which is counted by reason.
  std::span<std::uint8_t> unprotect_rtp(std::span<std::uint8_t> packet) noexcept;
  std::span<std::uint8_t> unprotect_rtcp(std::span<std::uint8_t> packet) noexcept;

 private:
  SrtpSession(SrtpProfile profile, TransportCounters& counters)
      : profile_(profile), counters_(counters) {}
  void count_rejection(int status) noexcept;
  bool admit(std::uint32_t ssrc) const noexcept;
  void remember(std::uint32_t ssrc) noexcept;

  SrtpProfile profile_;
  TransportCounters& counters_;
  srtp_ctx_t_* outbound_ = nullptr;
  srtp_ctx_t_* inbound_ = nullptr;
  std::array<std::uint32_t, kMaxInboundSsrcs> ssrcs_{};
  std::size_t ssrc_count_ = 0;
};

}  // namespace diemcau::media
